//! The API's routes: each handler unpacks, asks one room, wraps. What a route needs stands in `auth::rights`.

pub mod admin;
mod calls;
mod customers;
mod desk;
mod interactions;
mod live;
mod page;
pub mod recordings;
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
        .routes(routes!(desk::setup))
        .routes(routes!(desk::ws))
        .merge(calls::routes())
        .routes(routes!(interactions::list))
        .routes(routes!(interactions::one))
        .routes(routes!(interactions::dispose))
        .routes(routes!(interactions::link))
        .routes(routes!(interactions::draft))
        .routes(routes!(customers::list, customers::create))
        .routes(routes!(customers::one, customers::save))
        .routes(routes!(customers::history))
        .routes(routes!(customers::add_point))
        .routes(routes!(customers::remove_point))
        .routes(routes!(recordings::list))
        .routes(routes!(recordings::hear))
        .routes(routes!(recordings::shape))
        .routes(routes!(live::snapshot))
        .routes(routes!(live::explain))
        .nest("/admin", admin::routes())
}
