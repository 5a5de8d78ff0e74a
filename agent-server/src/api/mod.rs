//! The API's routes: each handler unpacks, asks one room, wraps. What a route needs stands in `auth::rights`.

pub mod admin;
mod calls;
mod customers;
mod desk;
mod drafts;
mod filters;
mod interactions;
pub mod known;
mod line;
mod live;
mod messages;
mod page;
pub mod recordings;
mod session;
mod shown;
mod sought;
mod web_call;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;

pub use page::{Page, PageQuery, Ref};
use sought::Sought;

/// Everything below `/api/v1`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(session::me, session::sign_in, session::sign_out))
        .routes(routes!(session::password))
        .routes(routes!(desk::setup))
        .routes(routes!(desk::ws))
        .routes(routes!(line::begin))
        .routes(routes!(line::ways))
        .routes(routes!(web_call::ws))
        .merge(calls::routes())
        .merge(messages::routes())
        .merge(records())
        .routes(routes!(filters::filters))
        .routes(routes!(live::snapshot))
        .routes(routes!(live::explain))
        .nest("/admin", admin::routes())
}

/// Calls that were, customers, recordings.
fn records() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(interactions::list))
        .routes(routes!(interactions::one))
        .routes(routes!(interactions::dispose))
        .routes(routes!(interactions::tag))
        .routes(routes!(interactions::tags))
        .routes(routes!(interactions::link))
        .routes(routes!(drafts::list))
        .routes(routes!(drafts::keep))
        .routes(routes!(drafts::of_colleagues))
        .routes(routes!(customers::list, customers::create))
        .routes(routes!(customers::one, customers::save))
        .routes(routes!(customers::history))
        .routes(routes!(customers::add_point))
        .routes(routes!(customers::remove_point))
        .routes(routes!(customers::add_contact))
        .routes(routes!(customers::save_contact, customers::remove_contact))
        .routes(routes!(recordings::list))
        .routes(routes!(recordings::remove))
        .routes(routes!(recordings::hear))
        .routes(routes!(recordings::shape))
}
