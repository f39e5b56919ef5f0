//! Patterns of file names: `*` any characters, `?` one. Upper and lower case are the same.

/// Whether `pattern` fits the path below the seed's folder, or a name on the way to it (so that a folder goes with all in it).
pub fn excludes(pattern: &str, path: &str) -> bool {
    let (pattern, path) = (pattern.to_lowercase(), path.to_lowercase());
    let pattern: Vec<char> = pattern.trim_matches('/').chars().collect();
    let fits = |text: &str| fits(&pattern, &text.chars().collect::<Vec<_>>());
    let mut ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    ends.any(|end| fits(&path[..end]) || fits(path[..end].rsplit('/').next().unwrap_or_default()))
}

/// With one step back to the last `*`: never more than lengths multiplied.
fn fits(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_paths_and_names_on_the_way() {
        for (pattern, path, expected) in [
            ("spoiler*", "logs/Spoiler_log.txt", true),
            ("spoiler*", "spoilers/a/b.txt", true),
            ("spoiler*", "no-spoiler.txt", false),
            ("graph.json", "graph.json", true),
            ("graph.json", "sub/graph.json", true),
            ("graph.json", "graph.json.bak", false),
            ("logs/*.txt", "logs/a.txt", true),
            ("logs/*.txt", "other/a.txt", false),
            ("/logs/", "logs/a.txt", true),
            ("*.l?g", "a/b.log", true),
            ("*a*b*c", "xxaxxbxxc", true),
            ("*a*b*c", "xxaxxcxxb", false),
            ("", "a", false),
            ("*", "a/b", true),
        ] {
            assert_eq!(excludes(pattern, path), expected, "{pattern} {path}");
        }
    }
}
