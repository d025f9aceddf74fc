//! The file of a design.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use archlab_model::{Design, document};
use archlab_words::{Lang, fill};

/// Reads the design in the file at `path`, or says in a sentence why not.
pub fn open(lang: Lang, path: &Path) -> Result<Design, String> {
    let shown = path.display();
    let text = read(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => fill(lang, "cli.file.not_found", &[("path", &shown)]),
        ErrorKind::IsADirectory => fill(lang, "cli.file.is_directory", &[("path", &shown)]),
        ErrorKind::PermissionDenied => fill(lang, "cli.file.denied", &[("path", &shown)]),
        ErrorKind::InvalidData => fill(lang, "cli.file.not_text", &[("path", &shown)]),
        _ => fill(lang, "cli.file.unreadable", &[("path", &shown), ("reason", &error)]),
    })?;
    document::open(&text).map_err(|error| {
        let reason = crate::check::filled(lang, error.key(), &error.arguments());
        fill(lang, "cli.file.wrong", &[("path", &shown), ("reason", &reason)])
    })
}

/// The text in a file, but no more of it than shows that it is too long.
fn read(path: &Path) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    // A directory can be opened, and fails to be read, as it should.
    File::open(path)?.take(document::MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    let too_long = bytes.len() > document::MAX_BYTES;
    match String::from_utf8(bytes) {
        // Its end may have been cut within a character; it is refused for its length either way.
        Err(error) if too_long => Ok(String::from_utf8_lossy(error.as_bytes()).into_owned()),
        text => text.map_err(|_| ErrorKind::InvalidData.into()),
    }
}
