//! Finds the name somebody means by a few letters of it.

/// What a few letters mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    One(&'static str),
    /// In their own order.
    Several(Vec<&'static str>),
    Nothing,
}

/// Letters and digits in lower case, without accents and apostrophes; everything else parts words.
pub fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in text.chars().flat_map(char::to_lowercase) {
        match plain(letter) {
            Some(plain) => words.last_mut().expect("there is always one").push_str(plain),
            None if letter.is_alphanumeric() => words.last_mut().expect("there is always one").push(letter),
            None if matches!(letter, '\'' | '’') => {}
            None => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à' | 'â' | 'ä' => "a",
        'ç' => "c",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'î' | 'ï' => "i",
        'ô' | 'ö' => "o",
        'ù' | 'û' | 'ü' => "u",
        'œ' => "oe",
        _ => return None,
    })
}

/// The name among `names` that is meant: the very name; else the one that begins so; else the one that ends in such words or has
/// them side by side; else the one that has them in that order, the last at its end or anywhere. Only the first of these rules
/// that finds any counts.
pub fn find(asked: &[String], names: impl Iterator<Item = &'static str>) -> Found {
    if asked.is_empty() {
        return Found::Nothing;
    }
    let mut best = (u8::MAX, Vec::new());
    for name in names {
        let words = words(name);
        let Some(rank) = rank(asked, &words) else { continue };
        if rank < best.0 {
            best = (rank, vec![name]);
        } else if rank == best.0 && !best.1.contains(&name) {
            best.1.push(name);
        }
    }
    match best.1.len() {
        0 => Found::Nothing,
        1 => Found::One(best.1[0]),
        _ => Found::Several(best.1),
    }
}

/// A word may be cut short, a number may not.
fn means(asked: &str, word: &str) -> bool {
    if asked.bytes().all(|byte| byte.is_ascii_digit()) { word == asked } else { word.starts_with(asked) }
}

/// 0 is best.
fn rank(asked: &[String], words: &[String]) -> Option<u8> {
    if asked == words {
        return Some(0);
    }
    let along = |at: usize| asked.iter().zip(&words[at..]).all(|(asked, word)| means(asked, word));
    let starts = 0..=words.len().checked_sub(asked.len())?;
    match starts.clone().rev().find(|at| along(*at)) {
        Some(_) if along(0) => return Some(1),
        Some(at) => return Some(if at == *starts.end() { 2 } else { 3 }),
        None => {}
    }
    let mut rest = words.iter();
    for asked in asked {
        rest.by_ref().find(|word| means(asked, word))?;
    }
    Some(if rest.next().is_none() { 4 } else { 5 })
}
