// What an administrator keeps. Sections on the left; each is a table and a drawer.

import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "../../app/session";
import { Nothing } from "../../ui/bits";
import { AuditSection } from "./AuditSection";
import { CompanySection } from "./CompanySection";
import { FlowsSection } from "./FlowsSection";
import { StationsSection, TrunksSection } from "./lines";
import { PbxsSection } from "./pbx";
import { AgentsSection, SkillsSection, TeamsSection } from "./people";
import { PromptsSection } from "./prompts/PromptsSection";
import { ListsSection, NumbersSection, QueuesSection } from "./routing";
import { DispositionsSection, ReasonsSection } from "./wording";

const sections = {
  agents: AgentsSection,
  teams: TeamsSection,
  skills: SkillsSection,
  queues: QueuesSection,
  flows: FlowsSection,
  prompts: PromptsSection,
  numbers: NumbersSection,
  lists: ListsSection,
  trunks: TrunksSection,
  pbxs: PbxsSection,
  stations: StationsSection,
  dispositions: DispositionsSection,
  reasons: ReasonsSection,
  company: CompanySection,
  audit: AuditSection,
};
type Section = keyof typeof sections;
const groups: [string, Section[]][] = [
  ["people", ["agents", "teams", "skills"]],
  ["routing", ["queues", "flows", "prompts", "numbers", "lists"]],
  ["lines", ["trunks", "pbxs", "stations"]],
  ["words", ["dispositions", "reasons"]],
  ["house", ["company", "audit"]],
];

export function AdminPage() {
  const { t } = useTranslation();
  const may = useMay();
  const { section = "agents" } = useParams({ strict: false }) as { section?: Section };
  const Shown = sections[section];
  return (
    <div className="admin">
      <nav className="admin-nav" aria-label={t("nav.admin")}>
        {groups.map(([group, members]) => (
          <div key={group}>
            <h2>{t(`admin.group.${group}`)}</h2>
            {members
              .filter((one) => one !== "audit" || may("audit.read"))
              .map((one) => (
                <Link
                  key={one}
                  to="/admin/$section"
                  params={{ section: one }}
                  className={one === section ? "on" : ""}
                  aria-current={one === section ? "page" : undefined}
                >
                  {t(`admin.${one}`)}
                </Link>
              ))}
          </div>
        ))}
      </nav>
      {Shown ? (
        <Shown />
      ) : (
        <main className="page">
          <Nothing art="search" title={t("oops.notFound")} />
        </main>
      )}
    </div>
  );
}
