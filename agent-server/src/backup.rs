//! A copy of the house while it runs: first the events that wait for the database, so that each is in the copy of one or
//! the other; then the database, so that every recording it names is there to be copied after it; then key, prompts and
//! recordings; then a manifest with the SHA-256 of each file.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use store::Db;

use crate::config::Config;

/// Copies into `folder`, which must not exist yet or be empty. What was copied, in words.
///
/// # Errors
/// In words: what could not be copied.
pub async fn backup(db: &Db, config: &Config, folder: &Path) -> Result<String, String> {
    let fail = |what: &Path, e: &dyn std::fmt::Display| format!("{}: {e}", what.display());
    std::fs::create_dir_all(folder).map_err(|e| fail(folder, &e))?;
    if std::fs::read_dir(folder).map_err(|e| fail(folder, &e))?.next().is_some() {
        return Err(format!("{} is not empty; a backup goes into a folder of its own", folder.display()));
    }
    let mut files = Vec::new();
    let spool = config.store.data.join("spool");
    if spool.exists() {
        copy_tree(&spool, &folder.join("spool"), &mut files).map_err(|e| fail(&spool, &e))?;
    }
    if db.is_pg() {
        println!("the database is PostgreSQL: copy it with pg_dump before this; here come the files");
    } else {
        let copy = folder.join("zuoxi.db");
        db.copy_to(&copy).await.map_err(|e| fail(&copy, &e))?;
        files.push(copy);
    }
    let (prompts, from, to) = (config.store.prompts(), config.store.recordings(), folder.to_owned());
    let key = config.key_file();
    let told = tokio::task::spawn_blocking(move || {
        let target = to.join("key");
        std::fs::copy(&key, &target).map_err(|e| fail(&key, &e))?;
        files.push(target);
        if prompts.exists() {
            copy_tree(&prompts, &to.join("prompts"), &mut files).map_err(|e| fail(&prompts, &e))?;
        }
        copy_tree(&from, &to.join("recordings"), &mut files).map_err(|e| fail(&from, &e))?;
        manifest(&to, &files).map_err(|e| fail(&to, &e))?;
        Ok(format!("{} files are in {}; MANIFEST has their SHA-256 (sha256sum -c MANIFEST)", files.len(), to.display()))
    });
    told.await.map_err(|e| e.to_string())?
}

/// Files being written are copied as far as they are; their end is in the next backup.
fn copy_tree(from: &Path, to: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target, files)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
            files.push(target);
        }
    }
    Ok(())
}

fn manifest(folder: &Path, files: &[PathBuf]) -> std::io::Result<()> {
    let mut out = std::fs::File::create(folder.join("MANIFEST"))?;
    for path in files {
        let mut hash = Sha256::new();
        let mut file = std::fs::File::open(path)?;
        let mut part = vec![0; 1 << 16];
        loop {
            let read = std::io::Read::read(&mut file, &mut part)?;
            if read == 0 {
                break;
            }
            hash.update(&part[..read]);
        }
        let name = path.strip_prefix(folder).unwrap_or(path);
        writeln!(out, "{}  {}", hex::encode(hash.finalize()), name.display())?;
    }
    out.sync_all()
}
