//! The browser desktop's packages and its build, made again only when their sources are newer.
//! The product is `web-agent/dist`, which the server carries inside its binary.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::shell::{command, must};

/// Fetches what the lock file names, where that has not been done.
pub fn packages(root: &Path, folder: &str) -> Result<(), String> {
    let place = root.join(folder);
    let done = changed(&place.join("node_modules/.package-lock.json"));
    if done.is_some() && done >= changed(&place.join("package-lock.json")) {
        return Ok(());
    }
    let mut npm = command(&place, "npm ci --no-audit --no-fund --loglevel=error");
    npm.env("NO_UPDATE_NOTIFIER", "1");
    must(npm)
}

/// Builds the desktop if any of its sources is newer than what was built.
pub fn build(root: &Path) -> Result<(), String> {
    let place = root.join("web-agent");
    let built = changed(&place.join("dist/index.html"));
    let sources = ["src", "public", "index.html", "vite.config.ts", "package-lock.json", "tsconfig.json"];
    let newest = sources.iter().filter_map(|name| newest(&place.join(name))).max();
    if built.is_some() && built >= newest {
        return Ok(());
    }
    packages(root, "web-agent")?;
    println!("building the browser desktop");
    must(command(&place, "npm run --silent build -- --logLevel warn"))
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// The latest change of a file, or of anything in a folder.
fn newest(path: &Path) -> Option<SystemTime> {
    let inside = fs::read_dir(path).into_iter().flatten().flatten().filter_map(|entry| newest(&entry.path()));
    inside.chain(changed(path)).max()
}
