//! A line in the audit log by somebody who is signed in, in a transaction of its own: what is done after it is written down.

use company::audit;
use store::DbError;

use crate::App;
use crate::auth::SignedIn;
use crate::clock::now;

/// # Errors
/// [`DbError`]; then nothing is written.
pub async fn write_down(app: &App, me: &SignedIn, action: &str, object: String, detail: String) -> Result<(), DbError> {
    let entry = audit::Entry { actor: Some(me.agent), action, object, detail, address: &me.address };
    let mut tx = app.db.begin().await?;
    audit::write(&mut tx, &app.ids, now(), entry).await?;
    tx.commit().await
}
