//! `regie plugin pack`: the one file that is handed on, once it passes the check.

use std::fmt;
use std::path::{Path, PathBuf};

use regie_core::{Error, Result};

use super::build::{Options, build};
use super::{check, package};
use crate::Limits;

/// What was packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    pub zip: PathBuf,
    /// Bytes of the zip.
    pub bytes: u64,
    /// 32 hex digits over the package's content; what the server shows.
    pub hash: String,
    pub report: String,
}

impl fmt::Display for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.report)?;
        writeln!(f, "{}  ({} KiB, content {})", self.zip.display(), self.bytes.div_ceil(1024), self.hash)?;
        write!(
            f,
            "Hand it on as it is: an operator drops it into <instance>/plugins/, or uploads it on the page Plugins."
        )
    }
}

/// Packs a plugin's folder, which is built first, or a package. The same content gives the same bytes. Nothing is written where the
/// package does not pass.
///
/// # Errors
/// `does_not_pass` with the check's report, and what `build` refuses.
pub async fn pack(path: &Path, out: Option<&Path>) -> Result<Packed> {
    let is_source = path.join("Cargo.toml").is_file() || path.join("package.json").is_file();
    let work = tempfile::tempdir()?;
    let (package, beside) = if is_source {
        let built = build(path, Some(work.path()), &Options::default())?;
        (built.package, path.join("dist"))
    } else {
        (path.to_owned(), path.parent().unwrap_or(Path::new(".")).to_owned())
    };
    let report = check::check(&package).await;
    if !report.passed() {
        return Err(Error::bad_request(format!("not packed:\n{report}")).code("does_not_pass"));
    }
    let bad = |refusal: crate::package::Refusal| Error::bad_request(refusal.message);
    let (zip, bytes) = if package.is_dir() {
        let (zip, bytes) = package::write_zip(&package, out.unwrap_or(&beside))?;
        (zip, bytes.into())
    } else {
        // A zip already: it is handed on as it came.
        let bytes = std::fs::read(&package)?;
        let zip = match (out, package.file_name()) {
            (Some(out), Some(name)) => {
                std::fs::create_dir_all(out)?;
                std::fs::copy(&package, out.join(name))?;
                out.join(name)
            }
            _ => package.clone(),
        };
        (zip, bytes::Bytes::from(bytes))
    };
    let size = bytes.len() as u64;
    let read = crate::package::read_zip(bytes, &Limits::default()).map_err(bad)?;
    Ok(Packed { zip, bytes: size, hash: read.hash, report: report.to_string() })
}
