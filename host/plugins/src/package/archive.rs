//! A package as a `.zip`. Nothing is ever unpacked to the disk; names, sizes and ratios are checked all the same, for the
//! names become addresses and a bomb would fill the memory.

use std::{
    fs::File,
    io::{Read, Seek},
    path::Path,
};

use zip::ZipArchive;

use super::{Files, Refusal, is_used};
use crate::Limits;

/// An entry may unpack to this many times its packed size (deflate reaches about 1,030) …
const RATIO: u64 = 100;
/// … once it is larger than this.
const RATIO_FREE: u64 = 256 << 10;

pub(super) fn read_file(path: &Path, limits: &Limits) -> Result<Files, Refusal> {
    let file =
        File::open(path).map_err(|error| Refusal::new(format!("the zip cannot be opened: {error}")))?;
    let size = file.metadata().map_or(0, |m| m.len());
    if size > limits.package {
        return Err(Files::new(limits).too_large());
    }
    read(std::io::BufReader::new(file), limits)
}

pub(super) fn read(reader: impl Read + Seek, limits: &Limits) -> Result<Files, Refusal> {
    let damaged = |error: zip::result::ZipError| Refusal::new(format!("the zip is damaged: {error}"));
    let mut archive = ZipArchive::new(reader).map_err(damaged)?;
    let mut files = Files::new(limits);
    if archive.len() > limits.files {
        return Err(files.too_many());
    }
    if archive.has_duplicate_names() || archive.has_overlapping_files().map_err(damaged)? {
        return Err(Refusal::new("the zip has two entries of one name, or entries that share bytes"));
    }
    let prefix = common_folder(&archive)?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.into_owned();
        check_name(&name)?;
        if entry.is_symlink() {
            return Err(Refusal::new(format!(
                "the zip's entry `{name}` is a link; packages hold files only"
            )));
        }
        let Some(used) = name.strip_prefix(&prefix).filter(|n| entry.is_file() && is_used(n)) else {
            continue;
        };
        let most = files.room().min(RATIO_FREE.max(entry.compressed_size().saturating_mul(RATIO)));
        let mut bytes = Vec::new();
        entry
            .by_ref()
            .take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| Refusal::new(format!("the zip's entry `{name}` cannot be unpacked: {error}")))?;
        if bytes.len() as u64 > most && most < files.room() {
            return Err(Refusal::new(format!(
                "the zip's entry `{name}` unpacks to more than {RATIO} times its size"
            )));
        }
        files.add(used.to_owned(), bytes)?;
    }
    Ok(files)
}

/// `tracker-x/` where the zip holds the folder itself and not its content; else nothing.
fn common_folder<R: Read + Seek>(archive: &ZipArchive<R>) -> Result<String, Refusal> {
    let names: Result<Vec<_>, _> = archive.file_names().collect();
    let names =
        names.map_err(|error| Refusal::new(format!("the zip has a name that is no text: {error}")))?;
    if names.iter().any(|n| n == "plugin.toml") {
        return Ok(String::new());
    }
    let mut candidates = names.iter().filter_map(|n| n.strip_suffix("plugin.toml"));
    let folder = candidates.find(|f| f.ends_with('/') && f.matches('/').count() == 1);
    Ok(folder.unwrap_or_default().to_owned())
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let parts = || name.trim_end_matches('/').split('/');
    let escapes = name.starts_with('/')
        || name.contains(['\\', '\0', ':'])
        || parts().any(|p| matches!(p, "" | "." | ".."));
    if escapes {
        return Err(Refusal::new(format!("the zip's entry `{}` leaves the package", name.escape_debug())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn packed(entries: &[(&str, &[u8])]) -> Cursor<Vec<u8>> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        Cursor::new(zip.finish().unwrap().into_inner())
    }

    fn refusal(entries: &[(&str, &[u8])], limits: &Limits) -> String {
        read(packed(entries), limits).err().unwrap().message
    }

    #[test]
    fn a_zip_of_the_folder_and_a_zip_of_its_content_are_the_same_package() {
        let flat =
            read(packed(&[("plugin.toml", b"t"), ("assets/a.svg", b"a")]), &Limits::default()).unwrap();
        let folder =
            read(packed(&[("x/plugin.toml", b"t"), ("x/assets/a.svg", b"a")]), &Limits::default()).unwrap();
        assert_eq!(flat.files, folder.files);
    }

    #[test]
    fn names_that_leave_the_package_are_refused() {
        for name in
            ["../plugin.toml", "/plugin.toml", "assets/../../x.png", "assets\\..\\x.png", "c:/x.png", "a//b"]
        {
            let message = refusal(&[(name, b"x")], &Limits::default());
            assert!(message.contains("leaves the package"), "{name}: {message}");
        }
    }

    #[test]
    fn links_bombs_and_too_much_of_anything_are_refused() {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.add_symlink("assets/passwd.txt", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        let linked = read(zip.finish().unwrap(), &Limits::default()).err().unwrap();
        assert!(linked.message.contains("is a link"), "{linked}");

        let zeros = vec![0; 4 << 20];
        assert!(refusal(&[("assets/a.png", &zeros)], &Limits::default()).contains("100 times its size"));
        let small = Limits { package: 1 << 20, ..Limits::default() };
        let noise: Vec<u8> =
            (0..2u32 << 18).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        assert!(refusal(&[("assets/a.png", &noise)], &small).contains("1 MiB"));
        let few = Limits { files: 1, ..Limits::default() };
        assert!(refusal(&[("plugin.toml", b"t"), ("plugin.wasm", b"w")], &few).contains("more than 1 files"));
        assert!(read(Cursor::new(b"no zip".to_vec()), &few).err().unwrap().message.contains("damaged"));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes: Vec<u8>, cut in 0usize..400, flip in 0usize..400) {
            let _ = read(Cursor::new(bytes), &Limits::default());
            let mut zip = packed(&[("plugin.toml", b"t"), ("assets/a.svg", b"abc")]).into_inner();
            let flip = flip % zip.len();
            zip[flip] ^= 0x55;
            zip.truncate(cut.max(1));
            let _ = read(Cursor::new(zip), &Limits::default());
        }
    }
}
