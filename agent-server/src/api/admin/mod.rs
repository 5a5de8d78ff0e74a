//! What an administrator edits. Most kinds are documents edited alike ([`documents`]); the company itself, number lists,
//! prompts, passwords, the flow check and the audit log have routes of their own.

mod audit;
mod company;
mod describe;
mod documents;
mod flows;
mod lists;
mod prompts;
mod pbxs;
mod trunks;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;

pub fn routes() -> OpenApiRouter<App> {
    let own = OpenApiRouter::new()
        .routes(routes!(flows::check))
        .routes(routes!(company::get, company::put))
        .routes(routes!(company::make_key))
        .routes(routes!(flows::list))
        .routes(routes!(flows::one, flows::save, flows::remove))
        .routes(routes!(flows::versions))
        .routes(routes!(lists::list, lists::create))
        .routes(routes!(lists::one, lists::save, lists::remove))
        .routes(routes!(prompts::list))
        .routes(routes!(prompts::save, prompts::remove))
        .routes(routes!(prompts::hear))
        .routes(routes!(audit::list));
    documents::routes(own)
}
