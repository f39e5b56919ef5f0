//! What can be raced without a pool.

use regie_plugins::Plugin;
use serde_json::Map;

use crate::{Races, pools::Modes};

impl Races {
    /// Whether this mode makes a seed by itself, or needs none. Asked once a package.
    pub async fn starts_alone(&self, plugin: &Plugin) -> bool {
        if let Some(known) = self.alone.get(&plugin.hash().to_owned()) {
            return known;
        }
        let alone = Modes::make(&*self.plugins, plugin.id(), &Map::new()).await.is_ok();
        self.alone.put(plugin.hash().to_owned(), alone);
        alone
    }
}
