//! `gavel cancel`: ends submissions that wait or run.

use clap::Args;
use serde_json::json;

use crate::failure::{Failure, Status};
use crate::http::Ask;
use crate::options::Server;
use crate::submission::Submission;
use crate::submissions::SubmissionId;
use crate::terminal::Terminal;
use crate::text;

/// Submissions to cancel.
#[derive(Debug, Args)]
pub struct Cancel {
    #[command(flatten)]
    server: Server,
    /// The submissions
    #[arg(required = true, value_name = "ID")]
    ids: Vec<SubmissionId>,
    /// Print JSON: the submissions as the server tells them
    #[arg(long)]
    json: bool,
}

impl Cancel {
    pub(crate) fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        let client = self.server.client()?;
        let mut all = Vec::new();
        for id in &self.ids {
            let (_, told) = client.ask(Ask::cancel(&format!("submissions/{}", id.as_str())))?;
            if !self.json {
                let submission = Submission::of(&told)?;
                // One that was judged before has its verdict still.
                let outcome = text::line(submission.outcome());
                terminal.print(&format!("{}: {outcome}\n", id.as_str()))?;
            }
            all.push(told);
        }
        if self.json {
            terminal.json(&json!({"submissions": all}))?;
        }
        Ok(Status::Good)
    }
}
