//! What of a package is served, and as what.

use bytes::Bytes;

/// A file under `/plugins/<id>/<hash>/`.
#[derive(Debug, Clone)]
pub struct Asset {
    pub bytes: Bytes,
    pub content_type: &'static str,
}

/// Of scripts, which are served to plugins that have the grant only.
pub(crate) const SCRIPT: &str = "text/javascript; charset=utf-8";

/// `None`: files of this extension are not served. Scripts are not among them: see [`crate::Plugin::asset`].
pub(crate) fn content_type(path: &str) -> Option<&'static str> {
    let (_, extension) = path.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        "ico" => "image/x-icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        "m4a" => "audio/mp4",
        "flac" => "audio/flac",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_extensions_only() {
        assert_eq!(content_type("icons/Bow.SVG"), Some("image/svg+xml"));
        for path in ["a.js", "a.mjs", "a.html", "a.htm", "a.xml", "a.wasm", "png", "a.", "a"] {
            assert_eq!(content_type(path), None, "{path}");
        }
    }
}
