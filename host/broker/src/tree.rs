//! Values by topic or filter, a node a level: what filters match a topic, and what topics a filter matches.

use std::collections::HashMap;

pub struct Tree<V> {
    value: Option<V>,
    children: HashMap<Box<str>, Tree<V>>,
}

impl<V> Default for Tree<V> {
    fn default() -> Self {
        Self { value: None, children: HashMap::new() }
    }
}

impl<V> Tree<V> {
    /// The value at exactly this path, which is made when there is none.
    pub fn entry(&mut self, path: &str) -> &mut Option<V> {
        let mut node = self;
        for level in path.split('/') {
            node = node.children.entry(level.into()).or_default();
        }
        &mut node.value
    }

    pub fn get_mut(&mut self, path: &str) -> Option<&mut V> {
        let mut node = self;
        for level in path.split('/') {
            node = node.children.get_mut(level)?;
        }
        node.value.as_mut()
    }

    /// Takes a value out, and the nodes that nothing needs any more.
    pub fn remove(&mut self, path: &str) -> Option<V> {
        let (level, rest) = split(path);
        let child = self.children.get_mut(level)?;
        let value = match rest {
            Some(rest) => child.remove(rest),
            None => child.value.take(),
        };
        if child.value.is_none() && child.children.is_empty() {
            self.children.remove(level);
        }
        value
    }

    /// The values of all filters (paths with wildcards) that match the topic.
    pub fn matching<'a>(&'a self, topic: &str, found: &mut impl FnMut(&'a V)) {
        self.filters(Some(topic), !topic.starts_with('$'), found);
    }

    fn filters<'a>(&'a self, rest: Option<&str>, wild: bool, found: &mut impl FnMut(&'a V)) {
        if wild && let Some(value) = self.children.get("#").and_then(|child| child.value.as_ref()) {
            found(value);
        }
        let Some(rest) = rest else {
            return self.value.iter().for_each(found);
        };
        let (level, rest) = split(rest);
        if wild && let Some(child) = self.children.get("+") {
            child.filters(rest, true, found);
        }
        // A topic has no wildcards: whoever publishes to one is refused.
        if let Some(child) = self.children.get(level) {
            child.filters(rest, true, found);
        }
    }

    /// The values of all topics that the filter matches.
    pub fn matched_by<'a>(&'a self, filter: &str, found: &mut impl FnMut(&'a V)) {
        self.topics(Some(filter), true, found);
    }

    fn topics<'a>(&'a self, rest: Option<&str>, first: bool, found: &mut impl FnMut(&'a V)) {
        let Some(rest) = rest else {
            return self.value.iter().for_each(found);
        };
        let open = |level: &str| !(first && level.starts_with('$'));
        match split(rest) {
            ("#", _) => {
                self.value.iter().for_each(&mut *found);
                for (_, child) in self.children.iter().filter(|(level, _)| open(level)) {
                    child.topics(Some("#"), false, found);
                }
            }
            ("+", rest) => {
                for (_, child) in self.children.iter().filter(|(level, _)| open(level)) {
                    child.topics(rest, false, found);
                }
            }
            (level, rest) => {
                if let Some(child) = self.children.get(level) {
                    child.topics(rest, false, found);
                }
            }
        }
    }
}

fn split(path: &str) -> (&str, Option<&str>) {
    path.split_once('/').map_or((path, None), |(level, rest)| (level, Some(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What of `paths` is found, both ways round.
    fn check(filter: &str, topic: &str, matches: bool) {
        let mut filters = Tree::default();
        *filters.entry(filter) = Some(());
        let mut found = 0;
        filters.matching(topic, &mut |()| found += 1);
        assert_eq!(found == 1, matches, "the filter {filter} by the topic {topic}");
        let mut topics = Tree::default();
        *topics.entry(topic) = Some(());
        let mut found = 0;
        topics.matched_by(filter, &mut |()| found += 1);
        assert_eq!(found == 1, matches, "the topic {topic} by the filter {filter}");
    }

    #[test]
    fn filters_match_as_the_specification_says() {
        for (filter, topic, matches) in [
            ("a/b", "a/b", true),
            ("a/b", "a/b/c", false),
            ("a/b", "a", false),
            ("a/+", "a/b", true),
            ("a/+", "a/", true),
            ("a/+", "a", false),
            ("a/+", "a/b/c", false),
            ("+/b", "a/b", true),
            ("+", "a", true),
            ("+", "/a", false),
            ("+/+", "/a", true),
            ("/+", "/a", true),
            ("#", "a", true),
            ("#", "a/b/c", true),
            ("#", "/", true),
            ("a/#", "a", true),
            ("a/#", "a/b/c", true),
            ("a/#", "ab", false),
            ("a/+/#", "a", false),
            ("a/+/#", "a/b", true),
            ("a//b", "a//b", true),
            ("a/+/b", "a//b", true),
            ("#", "$SYS/x", false),
            ("+/x", "$SYS/x", false),
            ("$SYS/#", "$SYS/x", true),
            ("$SYS/+", "$SYS/x", true),
            ("a/+", "a/$x", true),
            ("a/#", "a/$x", true),
        ] {
            check(filter, topic, matches);
        }
    }

    #[test]
    fn what_is_removed_leaves_no_nodes() {
        let mut tree = Tree::default();
        for path in ["a/b/c", "a/b", "a"] {
            *tree.entry(path) = Some(path);
        }
        assert_eq!(tree.remove("a/b/c"), Some("a/b/c"));
        assert_eq!(tree.remove("a/b/c"), None);
        assert_eq!(tree.get_mut("a/b"), Some(&mut "a/b"));
        assert_eq!(tree.remove("a/b"), Some("a/b"));
        assert_eq!(tree.remove("a"), Some("a"));
        assert!(tree.children.is_empty());
    }
}
