//! What callers hear: the prompts built into the program, and those of the company in a folder. On start the built-in ones
//! are put into the folder where they are missing, so that a company replaces one by replacing a file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cti_gateway::driver::Prompts as Clips;
use ivr::Language;

#[derive(rust_embed::Embed)]
#[folder = "../ivr/demo/prompts"]
struct BuiltIn;

/// Name and text of the demo's flows.
pub const DEMO_FLOWS: &[(&str, &str)] = &[
    ("main", include_str!("../../ivr/demo/flows/main.yaml")),
    ("after-hours", include_str!("../../ivr/demo/flows/after-hours.yaml")),
    ("direct", include_str!("../../ivr/demo/flows/direct.yaml")),
    ("direct-en", include_str!("../../ivr/demo/flows/direct-en.yaml")),
];

/// All prompts, loaded.
#[derive(Debug, Clone)]
pub struct Prompts {
    clips: Clips,
    names: BTreeMap<Language, BTreeSet<String>>,
}

impl Prompts {
    /// Files that are no sounds are named in the log and left out.
    ///
    /// # Errors
    /// Those of the folder.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        for name in BuiltIn::iter().filter(|name| name.ends_with(".wav")) {
            let path = folder.join(&*name);
            if let (false, Some(file)) = (path.exists(), BuiltIn::get(&name)) {
                std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
                std::fs::write(path, file.data)?;
            }
        }
        let mut clips = Clips::built_in();
        if let Err(wrong) = clips.load(folder) {
            wrong.iter().for_each(|why| tracing::error!("a prompt cannot be used: {why}"));
        }
        let names = clips.names();
        Ok(Self { clips, names })
    }

    #[must_use]
    pub fn clips(&self) -> &Clips {
        &self.clips
    }

    /// Per language, without `.wav`.
    #[must_use]
    pub fn names(&self) -> &BTreeMap<Language, BTreeSet<String>> {
        &self.names
    }
}
