//! The interface is a contract with plugins that are already compiled.

use sha2::{Digest, Sha256};

const SHA256: &str = "bf7eb5f036b405a8d1ddc92a1af17ff9a390be059b58dd0752cd0db7625bf869";

#[test]
fn the_interface_is_the_published_one() {
    let wit = include_bytes!("../wit/regie.wit");
    let hash = hex::encode(Sha256::digest(wit));
    assert_eq!(
        hash, SHA256,
        "wit/regie.wit changed. Linking is structurally strict: one added field or function breaks every plugin that is \
         compiled already. Add a new interface that the host probes for instead. Only while nothing stands on it yet may \
         this hash follow, in a commit that says why."
    );
}
