//! The API's routes: each handler unpacks, asks one room, wraps. What a route needs stands in `auth::rights`.

pub mod admin;
pub mod recordings;
mod page;
mod session;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;

pub use page::{Page, PageQuery, Ref};

/// Everything below `/api/v1`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(session::me, session::sign_in, session::sign_out))
        .routes(routes!(session::password))
        .nest("/admin", admin::routes())
}
