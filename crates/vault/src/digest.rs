//! SHA-256 for what is not secret: ciphertext in audit entries, secrets drawn at random, files of a backup.

use std::io::{self, Read};

use ring::digest::{Context, SHA256, digest};

/// SHA-256 (FIPS 180-4) of `bytes`. Not for anything a person chose or could guess.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}

/// The same of all that can be read, and how many bytes that were.
pub fn sha256_of(mut source: impl Read) -> io::Result<([u8; 32], u64)> {
    let (mut context, mut bytes) = (Context::new(&SHA256), 0);
    let mut piece = vec![0; 1 << 16];
    loop {
        match source.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => {
                context.update(&piece[..count]);
                bytes += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    Ok((out, bytes))
}
