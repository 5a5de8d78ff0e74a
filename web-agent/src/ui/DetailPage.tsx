// A page about one thing: its name and facts at the top, panels below.

import { ArrowLeftOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

export function DetailPage({
  back,
  backLabel,
  icon,
  title,
  facts,
  actions,
  children,
}: {
  back: string;
  backLabel: string;
  icon?: ReactNode;
  title: ReactNode;
  facts?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <main className="page">
      <header className="page-head detail-head">
        <Link to={back} aria-label={backLabel} title={backLabel} className="back">
          <ArrowLeftOutlined />
        </Link>
        {icon}
        <div className="grow">
          <h1>{title}</h1>
          <div className="chips">{facts}</div>
        </div>
        {actions}
      </header>
      <div className="detail-body">{children}</div>
    </main>
  );
}
