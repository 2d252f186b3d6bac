/** Made by scripts/ui.sh types of the description of the API. */

export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["webPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/drain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["drain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/figures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getFigures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listFindings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/recycle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["recycle"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/sandboxes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listSandboxes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/throttled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listThrottled"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/undrain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["undrain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["followSubmissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/languages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listLanguages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listNodes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{name}/drain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["drainNode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{name}/undrain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["undrainNode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listProblems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/problems/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getProblem"];
        put: operations["pushProblem"];
        post?: never;
        delete: operations["removeProblem"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/problems/{id}/attachments/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getAttachment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/problems/{id}/samples": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getSamples"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/problems/{id}/statement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getStatement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/problems/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rejudges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listRejudges"];
        put?: never;
        post: operations["createRejudge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rejudges/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getRejudge"];
        put?: never;
        post?: never;
        delete: operations["cancelRejudge"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rejudges/{id}/submissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listOutcomes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["showSession"];
        put?: never;
        post: operations["beginSession"];
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listSubmissions"];
        put?: never;
        post: operations["createSubmission"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getSubmission"];
        put?: never;
        post?: never;
        delete: operations["cancelSubmission"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["followSubmission"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{id}/files/{test}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{id}/judgements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listJudgements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{id}/judgements/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getJudgement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{id}/rejudge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rejudgeSubmission"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{id}/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getSources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listTokens"];
        put?: never;
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getToken"];
        put?: never;
        post?: never;
        delete: operations["revokeToken"];
        options?: never;
        head?: never;
        patch: operations["changeToken"];
        trace?: never;
    };
    "/api/v1/tokens/{token}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rotateToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user}/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["eraseUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user}/throttle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getThrottle"];
        put?: never;
        post?: never;
        delete: operations["clearThrottle"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["webPageFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["gojudgeConfig"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/style.css": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["style"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["gojudgeListFiles"];
        put?: never;
        post: operations["gojudgeStoreFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/file/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["gojudgeGetFile"];
        put?: never;
        post?: never;
        delete: operations["gojudgeRemoveFile"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["description"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["webPageOperations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["webPageProblems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["webPageProblem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["gojudgeRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["gojudgeStream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/submissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["webPageSubmissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/submissions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["webPageSubmission"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["gojudgeWs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Accepted: components["schemas"]["Submission"] | {
            id: string;
            state: "queued";
        };
        Alive: {
            status: string;
        };
        Allowance: {
            memory_extra_bytes: number;
            processes_extra: number;
            time_extra_ms: number;
            time_factor: number;
        };
        AppliedLimits: {
            cpu_ms: number;
            file_bytes: number;
            memory_bytes: number;
            open_files: number;
            output_bytes: number;
            processes: number;
            stack_bytes: number;
            wall_ms: number;
        };
        Bytes: string;
        Cases: {
            sample: number;
            secret: number;
        };
        Change: {
            after?: components["schemas"]["ChangedResult"] | null;
            before?: components["schemas"]["ChangedResult"] | null;
            index: number;
            name?: string;
        };
        ChangedResult: {
            cpu_ms: number;
            memory_bytes: number;
            score?: number;
            verdict: components["schemas"]["Verdict"];
        };
        Checker: ("lines" | "tokens" | "exact" | "icpc") | components["schemas"]["CheckerWithFlags"];
        CheckerWithFlags: {
            icpc: components["schemas"]["IcpcFlags"];
        };
        Cmd: {
            addressSpaceLimit?: boolean;
            args?: string[] | null;
            clockLimit?: number;
            copyIn?: {
                [key: string]: components["schemas"]["CmdFile"];
            } | null;
            copyOut?: string[] | null;
            copyOutCached?: string[] | null;
            copyOutDir?: string;
            copyOutMax?: number;
            copyOutTruncate?: boolean;
            cpuLimit?: number;
            cpuRateLimit?: number;
            cpuSetLimit?: string;
            dataSegmentLimit?: boolean;
            env?: string[] | null;
            files?: (components["schemas"]["CmdFile"] | null)[] | null;
            memoryLimit?: number;
            procLimit?: number;
            realCpuLimit?: number;
            stackLimit?: number;
            strictMemoryLimit?: boolean;
            tty?: boolean;
        };
        CmdFile: {
            content?: string | null;
            fileId?: string | null;
            max?: number | null;
            name?: string | null;
            pipe?: boolean;
            src?: string | null;
            streamIn?: boolean;
            streamOut?: boolean;
            symlink?: string | null;
        };
        Compilation: {
            cached: boolean;
            cpu_ms: number;
            log: string;
            log_truncated: boolean;
            memory_bytes: number;
            node?: string;
            ok: boolean;
            time_scale?: number;
            wall_ms: number;
        };
        CompileLimits: {
            cpu_ms?: number | null;
            file_bytes?: number | null;
            memory_bytes?: number | null;
            open_files?: number | null;
            output_bytes?: number | null;
            processes?: number | null;
            stack_bytes?: number | null;
            wall_ms?: number | null;
        };
        Difference: {
            column: number;
            expected?: string | null;
            got?: string | null;
            line: number;
        };
        DryRun: {
            dry_run: boolean;
            impossible: number;
            total: number;
        };
        Erased: {
            cancelled: number;
            idempotency_keys: number;
            programs: number;
            rejudges: number;
            submissions: number;
        };
        Event: {
            data: string;
            event?: string;
            id?: string;
        };
        FieldError: {
            detail: string;
            field: string;
        };
        Figures: {
            now: string;
            part_ms: number;
            parts: components["schemas"]["FiguresPart"][];
            since: string;
        };
        FiguresPart: {
            at: string;
            failed: number;
            judging?: components["schemas"]["Quantiles"] | null;
            refused: number;
            verdicts: {
                [key: string]: number;
            };
            wait?: components["schemas"]["Quantiles"] | null;
        };
        FileIds: {
            [key: string]: string;
        };
        FileUpload: {
            file: string;
        };
        Finding: {
            found: string;
            level: components["schemas"]["Level"];
            remedy?: string;
            what: string;
        };
        Findings: {
            findings: components["schemas"]["Finding"][];
            healthy: boolean;
        };
        GroupResult: {
            name: string;
            score?: number;
            skipped?: boolean;
            verdict?: components["schemas"]["Verdict"] | null;
        };
        HandedFile: {
            bytes?: number;
            missing?: string;
            name: string;
            path?: string;
        };
        IcpcFlags: {
            case_sensitive: boolean | null;
            float_absolute_tolerance?: number | null;
            float_relative_tolerance?: number | null;
            float_tolerance?: number | null;
            space_change_sensitive: boolean | null;
        };
        Isolation: "pooled" | "per-user" | "fresh";
        JudgedBy: {
            id: string;
            removed?: boolean;
            version: string;
        };
        Judgement: {
            compile?: components["schemas"]["Compilation"] | null;
            groups?: components["schemas"]["GroupResult"][];
            image?: string;
            limits?: components["schemas"]["AppliedLimits"];
            reason?: string | null;
            score?: number;
            started_at?: string;
            summary?: components["schemas"]["Summary"];
            tests?: components["schemas"]["TestResult"][];
        };
        Judgements: {
            judgements: components["schemas"]["NumberedJudgement"][];
        };
        Language: components["schemas"]["Allowance"] & {
            arguments: boolean;
            available: boolean;
            compile: string[];
            extensions: string[];
            id: string;
            install?: string;
            name: string;
            reason?: string;
            run: string[];
            source_file: string;
            state: components["schemas"]["LanguageState"];
            version?: string | null;
        };
        LanguageState: "installed" | "not-installed" | "failing";
        Level: "good" | "unknown" | "warning" | "problem";
        NewLimits: {
            cpu_ms?: number | null;
            file_bytes?: number | null;
            memory_bytes?: number | null;
            memory_extra_bytes?: number | null;
            open_files?: number | null;
            output_bytes?: number | null;
            processes?: number | null;
            stack_bytes?: number | null;
            time_extra_ms?: number | null;
            time_factor?: number | null;
            wall_ms?: number | null;
        };
        NewRejudge: {
            dry_run: boolean;
            language: string | null;
            problem: string | null;
            since: string | null;
            submissions: string[];
            until: string | null;
            user: string | null;
            verdict: components["schemas"]["Verdict"] | null;
            version: string | null;
        };
        NewSubmission: ({
            arguments?: string[] | null;
            checker?: components["schemas"]["Checker"] | null;
            collect?: string[] | null;
            compile_limits?: components["schemas"]["CompileLimits"] | null;
            entry_point?: string | null;
            files?: {
                [key: string]: string;
            } | null;
            files_base64?: {
                [key: string]: string;
            } | null;
            input_file?: string | null;
            isolation?: components["schemas"]["Isolation"] | null;
            language?: "ada" | "bash" | "c11" | "c17" | "c17-clang" | "c23" | "cobol" | "cpp17" | "cpp20" | "cpp20-clang" | "cpp20-sanitized" | "cpp23" | "cpp26" | "csharp" | "d" | "elixir" | "erlang" | "fortran" | "go" | "haskell" | "java21" | "java25" | "javascript" | "kotlin" | "lisp" | "lua" | "nasm" | "ocaml" | "octave" | "pascal" | "perl" | "php" | "prolog" | "pypy3" | "python3" | "r" | "racket" | "ruby" | "rust" | "sql" | "swift" | "typescript" | "answers" | null;
            limits?: components["schemas"]["NewLimits"] | null;
            output_file?: string | null;
            problem?: string | null;
            reference?: {
                [key: string]: string;
            } | null;
            source?: string | null;
            source_base64?: string | null;
            stdin?: string | null;
            stdin_base64?: string | null;
            stop_at_first_failure?: boolean | null;
            tests?: components["schemas"]["NewTest"][] | null;
            user?: string | null;
            version?: string | null;
            wait: boolean | null;
        } | {
            language: string;
        } | {
            problem: string;
        }) & ({
            source: string;
        } | {
            source_base64: string;
        } | ({
            files: Record<string, never>;
        } | {
            files_base64: Record<string, never>;
        }));
        NewTest: {
            arguments?: string[] | null;
            expected?: string | null;
            expected_base64?: string | null;
            hidden: boolean | null;
            limits?: components["schemas"]["TestLimits"] | null;
            stdin?: string | null;
            stdin_base64?: string | null;
        };
        NewToken: {
            expires_at?: string | null;
            name: string;
            priority: number | null;
            quota?: number | null;
            scopes: components["schemas"]["Scope"][];
        };
        Node: {
            busy: number;
            compilations: number;
            credits: number;
            done: number;
            failures: number;
            faults: string[];
            images: {
                [key: string]: string;
            };
            name: string;
            silent_ms: number;
            speed?: number;
            state: components["schemas"]["NodeState"];
            version: string;
            weight: number;
        };
        NodeState: "ready" | "draining" | "away";
        NumberedJudgement: {
            changes?: components["schemas"]["Change"][];
            image?: string;
            judged_at: string;
            newest: boolean;
            number: number;
            problem?: components["schemas"]["JudgedBy"];
            reason?: string | null;
            score?: number;
            summary: components["schemas"]["Summary"];
            verdict: components["schemas"]["Verdict"];
        };
        Order: {
            created_at: string;
            finished_at?: string | null;
            id: string;
            selection: Record<string, never>;
            state: string;
            total: number;
        };
        Orders: {
            next_cursor?: string | null;
            rejudges: components["schemas"]["Order"][];
        };
        Outcome: {
            after?: components["schemas"]["Verdict"] | null;
            before?: components["schemas"]["Verdict"] | null;
            id: string;
            reason?: string | null;
            state: string;
            tests_changed: number;
            user?: string | null;
        };
        Outcomes: {
            next_cursor?: string | null;
            submissions: components["schemas"]["Outcome"][];
        };
        PipeIndex: {
            fd?: number;
            index?: number;
        };
        PipeMap: {
            disableZeroCopy?: boolean;
            in?: components["schemas"]["PipeIndex"];
            max?: number;
            name?: string;
            out?: components["schemas"]["PipeIndex"];
            proxy?: boolean;
        };
        Pool: {
            notes: string[];
            profiles: components["schemas"]["Profile"][];
            tier?: string | null;
        };
        Problem: {
            detail: string;
            errors?: components["schemas"]["FieldError"][];
            status: number;
            title: string;
            type: string;
        };
        ProblemLimits: {
            cpu_ms: number;
            memory_bytes: number;
            output_bytes: number;
        };
        ProblemPackage: {
            attachments: string[];
            cases: components["schemas"]["Cases"];
            format: string;
            id: string;
            limits: components["schemas"]["ProblemLimits"];
            names: {
                [key: string]: string;
            };
            notes: string[];
            private: boolean;
            pushed_at: string;
            show: components["schemas"]["Show"];
            statements: components["schemas"]["Statement"][];
            submissions: number;
            type: components["schemas"]["ProblemType"];
            unjudged?: string;
            validators: string[];
            version: string;
        };
        ProblemType: {
            interactive: boolean;
            multi_pass: boolean;
            scoring: boolean;
            submit_answer: boolean;
        };
        Problems: {
            next_cursor?: string | null;
            problems: components["schemas"]["Version"][];
        };
        Profile: {
            created: number;
            idle: number;
            image?: string | null;
            kept: number;
            leased: number;
            no_image: boolean;
            places: number;
            problem?: string | null;
            profile: string;
            retired: {
                [key: string]: number;
            };
            slots: number;
            starting: number;
            waiting: number;
            warm: number;
        };
        Progress: {
            tests: components["schemas"]["TestedTest"][];
            tests_done: number;
            tests_total: number;
        };
        Quantiles: {
            median_ms: number;
            p95_ms: number;
        };
        Readiness: {
            degraded?: string[];
            draining?: boolean;
            not_installed?: string[];
            pool?: components["schemas"]["Pool"];
            ready: boolean;
            reasons?: string[];
            running?: number;
            untested?: string[];
            waiting?: number;
        };
        Recycled: {
            sandboxes: number;
        };
        Rejudge: components["schemas"]["Order"] & {
            cancelled: number;
            changed: number;
            done: number;
            failed: number;
            running: number;
            verdicts: components["schemas"]["VerdictChange"][];
            waiting: number;
        };
        Rotation: {
            keep_old_s: number | null;
        };
        RunRequest: {
            cmd: components["schemas"]["Cmd"][] | null;
            pipeMapping?: components["schemas"]["PipeMap"][] | null;
            requestId?: string;
        };
        RunResult: {
            error?: string;
            exitStatus: number;
            fileError?: {
                message?: string;
                name?: string;
                type?: string;
            }[];
            fileIds?: {
                [key: string]: string;
            };
            files?: {
                [key: string]: string;
            };
            memory: number;
            procPeak?: number;
            runTime: number;
            status: string;
            time: number;
        };
        RunResults: components["schemas"]["RunResult"][];
        Sample: {
            answer?: string | null;
            answer_bytes?: number;
            checker?: components["schemas"]["SampleChecker"];
            input: string;
            input_bytes?: number;
            name: string;
        };
        SampleChecker: {
            icpc: components["schemas"]["SampleFlags"];
        };
        SampleFlags: {
            case_sensitive: boolean;
            float_absolute_tolerance?: number;
            float_relative_tolerance?: number;
            space_change_sensitive: boolean;
        };
        Samples: {
            samples: components["schemas"]["Sample"][];
            total?: number;
        };
        Sandbox: {
            age_ms?: number | null;
            profile: string;
            runs?: number | null;
            state: components["schemas"]["SandboxState"];
            unused_ms?: number | null;
        };
        SandboxState: "starting" | "idle" | "leased";
        Sandboxes: {
            sandboxes: components["schemas"]["Sandbox"][];
        };
        Scope: "submit" | "read" | "read-all" | "problems" | "metrics" | "operate";
        ServiceVersion: Record<string, never> & {
            api: string;
            commit: string;
            name: string;
            version: string;
        };
        Session: {
            ends_at?: string | null;
            scopes: string[];
            signed_in: boolean;
            token?: string;
        };
        Show: "full" | "verdicts" | "summary";
        Sources: {
            files: {
                [key: string]: string;
            };
            files_base64?: {
                [key: string]: string;
            };
        };
        State: "queued" | "compiling" | "running" | "done" | "cancelled";
        Statement: {
            format: string;
            language: string;
        };
        Stderr: {
            stderr: string;
        } | {
            stderr_base64: string;
        };
        Stdout: {
            stdout: string;
        } | {
            stdout_base64: string;
        };
        Submission: components["schemas"]["Judgement"] & {
            created_at: string;
            estimated_wait_ms?: number;
            finished_at?: string | null;
            id: string;
            language: string;
            position?: number | null;
            problem?: components["schemas"]["JudgedBy"];
            progress?: components["schemas"]["Progress"];
            reference?: {
                [key: string]: string;
            };
            rejudged_at?: string;
            rejudging?: boolean;
            state: components["schemas"]["State"];
            token?: string;
            user?: string | null;
            verdict?: components["schemas"]["Verdict"] | null;
        };
        Submissions: {
            next_cursor?: string | null;
            submissions: components["schemas"]["Submission"][];
        };
        Summary: {
            cpu_ms_max: number;
            memory_bytes_max: number;
            passed: number;
            total: number;
            wall_ms_max: number;
        };
        TestLimits: {
            cpu_ms?: number | null;
            file_bytes?: number | null;
            memory_bytes?: number | null;
            open_files?: number | null;
            output_bytes?: number | null;
            processes?: number | null;
            stack_bytes?: number | null;
            wall_ms?: number | null;
        };
        TestResult: components["schemas"]["Stdout"] & components["schemas"]["Stderr"] & {
            cpu_ms: number;
            difference?: components["schemas"]["Difference"];
            exit_code?: number | null;
            feedback?: string;
            files?: components["schemas"]["HandedFile"][];
            first_node?: string;
            hidden?: boolean;
            index: number;
            limits?: components["schemas"]["AppliedLimits"];
            memory_bytes: number;
            name?: string;
            node?: string;
            reason?: string | null;
            score?: number;
            signal?: string | null;
            stderr_truncated: boolean;
            stdout_truncated: boolean;
            time_scale?: number;
            transcript?: string;
            verdict: components["schemas"]["Verdict"];
            wall_ms: number;
        };
        TestedTest: {
            index: number;
            verdict: components["schemas"]["Verdict"];
        };
        Throttle: {
            cool_downs: number;
            retry_after_s: number;
            strikes: number;
            strikes_allowed: number;
            throttled: boolean;
            until?: string | null;
            user: string;
        };
        ThrottledUser: {
            cool_downs: number;
            token?: string;
            until?: string | null;
            user: string;
        };
        ThrottledUsers: {
            users: components["schemas"]["ThrottledUser"][];
        };
        Token: {
            created_at?: string | null;
            expires_at?: string | null;
            last_used_at?: string | null;
            name: string;
            of_settings: boolean;
            priority: number;
            quota?: number | null;
            scopes: components["schemas"]["Scope"][];
            secrets: components["schemas"]["TokenSecret"][];
        };
        TokenChange: {
            expires_at?: string | null;
            priority?: number | null;
            quota?: number | null;
            scopes?: components["schemas"]["Scope"][] | null;
        };
        TokenSecret: {
            created_at?: string | null;
            ends_at?: string | null;
        };
        TokenWithSecret: components["schemas"]["Token"] & {
            secret: string;
        };
        Tokens: {
            tokens: components["schemas"]["Token"][];
        };
        Verdict: "Accepted" | "WrongAnswer" | "CompileError" | "RuntimeError" | "TimeLimitExceeded" | "MemoryLimitExceeded" | "OutputLimitExceeded" | "JudgeError" | "InternalError";
        VerdictChange: {
            after: components["schemas"]["Verdict"];
            before: components["schemas"]["Verdict"];
            submissions: number;
        };
        Version: {
            id: string;
            names: {
                [key: string]: string;
            };
            private: boolean;
            pushed_at: string;
            token?: string;
            version: string;
        };
        Versions: {
            versions: components["schemas"]["Version"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    webPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    drain: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    getFigures: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Figures"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    listFindings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Findings"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    recycle: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recycled"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    listSandboxes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sandboxes"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    listThrottled: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThrottledUsers"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    undrain: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    followSubmissions: {
        parameters: {
            query?: {
                user?: string;
                problem?: string;
                reference?: {
                    [key: string]: string;
                };
                after?: number;
            };
            header?: {
                "Last-Event-ID"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Event"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    listLanguages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Language"][];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    listNodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Node"][];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    drainNode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    undrainNode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    listProblems: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problems"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    getProblem: {
        parameters: {
            query?: {
                version?: string;
                language?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemPackage"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    pushProblem: {
        parameters: {
            query?: {
                show?: components["schemas"]["Show"];
                private?: boolean;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": components["schemas"]["Bytes"];
                "application/x-tar": components["schemas"]["Bytes"];
                "application/zip": components["schemas"]["Bytes"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemPackage"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemPackage"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-body" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-body" | "urn:gavel:problem:slow-head";
                    };
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 409;
                        type?: "urn:gavel:problem:conflict";
                    };
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 413;
                        type?: "urn:gavel:problem:body-too-large";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    removeProblem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    getAttachment: {
        parameters: {
            query?: {
                version?: string;
                language?: string;
            };
            header?: never;
            path: {
                id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": components["schemas"]["Bytes"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    getSamples: {
        parameters: {
            query?: {
                version?: string;
                language?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Samples"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    getStatement: {
        parameters: {
            query?: {
                version?: string;
                language?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/pdf": components["schemas"]["Bytes"];
                    "application/x-tex": string;
                    "text/markdown": string;
                    "text/plain": string;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    listVersions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Versions"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    listRejudges: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Orders"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    createRejudge: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRejudge"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRun"];
                };
            };
            202: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rejudge"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-body" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-body" | "urn:gavel:problem:slow-head";
                    };
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 409;
                        type?: "urn:gavel:problem:conflict";
                    };
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 413;
                        type?: "urn:gavel:problem:body-too-large";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    getRejudge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rejudge"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    cancelRejudge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rejudge"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    listOutcomes: {
        parameters: {
            query?: {
                only?: string;
                limit?: number;
                cursor?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Outcomes"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    showSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    beginSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            429: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 429;
                        type?: "urn:gavel:problem:too-many-attempts";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    listSubmissions: {
        parameters: {
            query?: {
                user?: string;
                state?: components["schemas"]["State"];
                verdict?: components["schemas"]["Verdict"];
                language?: string;
                problem?: string;
                reference?: {
                    [key: string]: string;
                };
                limit?: number;
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Submissions"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    createSubmission: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSubmission"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Submission"];
                };
            };
            202: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-body" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-body" | "urn:gavel:problem:slow-head";
                    };
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 413;
                        type?: "urn:gavel:problem:body-too-large";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 415;
                        type?: "urn:gavel:problem:unsupported-media-type";
                    };
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 422;
                        type?: "urn:gavel:problem:idempotency-key-reused" | "urn:gavel:problem:language-not-installed";
                    };
                };
            };
            429: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 429;
                        type?: "urn:gavel:problem:throttled" | "urn:gavel:problem:token-queue-full" | "urn:gavel:problem:user-queue-full";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:language-unavailable" | "urn:gavel:problem:queue-full" | "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    getSubmission: {
        parameters: {
            query?: {
                wait?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Submission"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    cancelSubmission: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Submission"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    followSubmission: {
        parameters: {
            query?: {
                output?: boolean;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Event"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    getFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                test: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": components["schemas"]["Bytes"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    listJudgements: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Judgements"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    getJudgement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Submission"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    rejudgeSubmission: {
        parameters: {
            query?: {
                version?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rejudge"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 409;
                        type?: "urn:gavel:problem:conflict";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    getSources: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sources"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    listTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewToken"];
            };
        };
        responses: {
            201: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenWithSecret"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-body" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-body" | "urn:gavel:problem:slow-head";
                    };
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 409;
                        type?: "urn:gavel:problem:conflict";
                    };
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 413;
                        type?: "urn:gavel:problem:body-too-large";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    getToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    revokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 409;
                        type?: "urn:gavel:problem:conflict";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    changeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-body" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-body" | "urn:gavel:problem:slow-head";
                    };
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 409;
                        type?: "urn:gavel:problem:conflict";
                    };
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 413;
                        type?: "urn:gavel:problem:body-too-large";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    rotateToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Rotation"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenWithSecret"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-body" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-body" | "urn:gavel:problem:slow-head";
                    };
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 409;
                        type?: "urn:gavel:problem:conflict";
                    };
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 413;
                        type?: "urn:gavel:problem:body-too-large";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    eraseUser: {
        parameters: {
            query?: {
                token?: string;
            };
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erased"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    getThrottle: {
        parameters: {
            query?: {
                token?: string;
            };
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Throttle"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    clearThrottle: {
        parameters: {
            query?: {
                token?: string;
            };
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:invalid-field" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    webPageFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 404;
                        type?: "urn:gavel:problem:not-found";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    gojudgeConfig: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
        };
    };
    page: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    style: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/css": string;
                };
            };
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    gojudgeListFiles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileIds"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
        };
    };
    gojudgeStoreFile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "multipart/form-data": components["schemas"]["FileUpload"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-body" | "urn:gavel:problem:slow-head";
                    };
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 413;
                        type?: "urn:gavel:problem:body-too-large";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    gojudgeGetFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
        };
    };
    gojudgeRemoveFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 401;
                        type?: "urn:gavel:problem:unauthorized";
                    };
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 403;
                        type?: "urn:gavel:problem:forbidden";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    description: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    webPageOperations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    webPageProblems: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    webPageProblem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    gojudgeRun: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RunRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunResults"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-body" | "urn:gavel:problem:malformed-request";
                    };
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-body" | "urn:gavel:problem:slow-head";
                    };
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 413;
                        type?: "urn:gavel:problem:body-too-large";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 503;
                        type?: "urn:gavel:problem:unavailable";
                    };
                };
            };
        };
    };
    gojudgeStream: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                    "text/plain": string;
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    webPageSubmissions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    webPageSubmission: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    version: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceVersion"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                };
            };
            405: {
                headers: {
                    Allow: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 405;
                        type?: "urn:gavel:problem:method-not-allowed";
                    };
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 500;
                        type?: "urn:gavel:problem:internal-error";
                    };
                };
            };
        };
    };
    gojudgeWs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 400;
                        type?: "urn:gavel:problem:malformed-request";
                    };
                    "text/plain": string;
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 408;
                        type?: "urn:gavel:problem:slow-head";
                    };
                };
            };
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 414;
                        type?: "urn:gavel:problem:address-too-long";
                    };
                };
            };
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        status?: 431;
                        type?: "urn:gavel:problem:head-too-large";
                    };
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
}
