//! What agents typed and have not saved, on both engines.

use contract::{AgentId, DispositionId, EpochMs, InteractionId};
use crm::drafts::{self, Draft};
use crm::{CrmError, PageAsk};
use store::Db;
use store::testing::both;

const ANN: AgentId = AgentId(1);
const BEN: AgentId = AgentId(2);
const CALL: InteractionId = InteractionId(9);

fn draft(notes: &str, dispositions: &[i64]) -> Draft {
    Draft { notes: notes.into(), dispositions: dispositions.iter().map(|id| DispositionId(*id)).collect() }
}

async fn put(db: &Db, agent: AgentId, call: InteractionId, draft: &Draft, now: EpochMs) -> Result<(), CrmError> {
    let mut tx = db.begin().await.unwrap();
    drafts::put(&mut tx, agent, call, draft, now).await?;
    tx.commit().await.unwrap();
    Ok(())
}

async fn of(db: &Db, agent: AgentId) -> Option<Draft> {
    drafts::get(db, agent, CALL).await.unwrap().map(|kept| kept.draft)
}

#[tokio::test]
async fn a_draft_outlives_a_reload_is_one_s_own_and_goes_when_emptied_or_old() {
    both(|db| async move {
        db.migrate(&[crm::MIGRATIONS]).await.unwrap();
        put(&db, ANN, CALL, &draft("wants a", &[]), 5).await.unwrap();
        put(&db, ANN, CALL, &draft(" wants a sofa ", &[7, 8]), 6).await.unwrap();
        put(&db, BEN, CALL, &draft("shouted", &[]), 7).await.unwrap();
        assert_eq!(of(&db, ANN).await, Some(draft("wants a sofa", &[7, 8])));
        let all = drafts::of_interaction(&db, CALL).await.unwrap();
        let whose: Vec<_> = all.iter().map(|(agent, kept)| (*agent, kept.draft.notes.as_str())).collect();
        assert_eq!(whose, [(ANN, "wants a sofa"), (BEN, "shouted")]);
        put(&db, ANN, CALL, &draft("  ", &[7]), 8).await.unwrap();
        assert_eq!(of(&db, ANN).await, Some(draft("", &[7])), "a choice alone is worth keeping");
        put(&db, ANN, CALL, &draft("  ", &[]), 9).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        assert_eq!(drafts::sweep(&mut tx, 8).await.unwrap(), 1, "Ben's is old");
        tx.commit().await.unwrap();
        assert_eq!((of(&db, ANN).await, of(&db, BEN).await), (None, None));
    })
    .await;
}

#[tokio::test]
async fn a_draft_longer_than_notes_or_with_more_dispositions_than_may_be_saved_is_refused() {
    both(|db| async move {
        db.migrate(&[crm::MIGRATIONS]).await.unwrap();
        let long = draft(&"长".repeat(drafts::LONGEST + 1), &[]);
        assert!(matches!(put(&db, ANN, CALL, &long, 8).await, Err(CrmError::Invalid { field: "notes", .. })));
        let many = draft("", &[1; drafts::MOST + 1]);
        assert!(matches!(put(&db, ANN, CALL, &many, 8).await, Err(CrmError::Invalid { field: "dispositions", .. })));
        assert_eq!(of(&db, ANN).await, None);
    })
    .await;
}

#[tokio::test]
async fn an_agent_s_drafts_are_listed_the_last_touched_first_page_by_page() {
    both(|db| async move {
        db.migrate(&[crm::MIGRATIONS]).await.unwrap();
        for (call, at) in [(1, 30), (2, 10), (3, 30), (4, 20)] {
            put(&db, ANN, InteractionId(call), &draft("x", &[]), at).await.unwrap();
        }
        put(&db, BEN, InteractionId(5), &draft("y", &[]), 40).await.unwrap();
        let mut seen = Vec::new();
        let mut ask = PageAsk { limit: 2, cursor: None };
        loop {
            let page = drafts::list(&db, ANN, &ask).await.unwrap();
            seen.push(page.rows.iter().map(|kept| kept.interaction.0).collect::<Vec<_>>());
            let Some(next) = page.next else { break };
            ask.cursor = Some(next);
        }
        assert_eq!(seen, [vec![3, 1], vec![4, 2]]);
        let wrong = PageAsk { limit: 2, cursor: Some("nonsense".into()) };
        assert!(matches!(drafts::list(&db, ANN, &wrong).await, Err(CrmError::Cursor(_))));
    })
    .await;
}
