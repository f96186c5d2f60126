using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>Reads what a plugin contributes: <c>contributes:</c> of the native manifest, or the registration that its code answers.</summary>
/// <param name="findings">Where findings go.</param>
/// <param name="strict">Whether an unknown key is an error, as it is in a manifest. In a registration it is passed over: newer peers may say more.</param>
internal sealed partial class ContributionReader(ManifestFindings findings, bool strict) : ItemReader(findings, strict)
{
    internal static readonly string[] Keys =
    [
        "routes", "menu_items", "widgets", "jobs", "templates", "i18n", "error_codes", "tools", "commands", "channels", "services", "hooks",
        "exports", "hide_menu_items", "landing_page",
    ];

    private readonly LimitsReader _times = new(findings);

    public Registration Read(DataNode node, string pluginName)
    {
        var read = Registration.Empty;
        if (Mapping(node, Strict ? "contributes" : "the registration") is not { } root) return read;
        foreach (var (key, value) in root.Entries)
        {
            // A peer's encoder writes what is not there as null.
            if (!Strict && value is DataScalar { IsNull: true }) continue;
            read = key.Text switch
            {
                "name" when !Strict => read with { Name = Text(value, "name") },
                "routes" => read with { Routes = List(value, "routes", Route, r => $"{r.Method} {r.Path}") },
                "menu_items" => read with { MenuItems = new MenuReader(Findings, Strict).Read(value) },
                "widgets" => read with { Widgets = List(value, "widgets", Widget, w => w.Id) },
                "jobs" => read with { Jobs = List(value, "jobs", Job, j => j.Id) },
                "templates" => read with { Templates = List(value, "templates", Template, t => t.Name) },
                "i18n" => read with { Translations = new TranslationReader(Findings, Strict).Read(value, pluginName) },
                "error_codes" => read with { ErrorCodes = List(value, "error_codes", ErrorCode, e => e.Code) },
                "tools" => read with { Tools = List(value, "tools", Tool, t => t.Name) },
                "commands" => read with { Commands = new CommandReader(Findings, Strict).Read(value) },
                "channels" => read with { Channels = List(value, "channels", Named, n => n.Id) },
                "services" => read with { Services = List(value, "services", Named, n => n.Id) },
                "hooks" => read with { Hooks = List(value, "hooks", Hook, h => $"{h.Event} {h.Handler}") },
                "exports" => read with { Exports = Matches(value, Forms.Handler(), "exports", Forms.HandlerText, Most) },
                "hide_menu_items" => read with { HideMenuItems = Matches(value, Forms.Id(), "hide_menu_items", "ids of menu items", Most) },
                "landing_page" => read with { LandingPage = LandingPage(value) },
                _ => Skip(key, read),
            };
        }

        return read;
    }

    private RouteRegistration? Route(DataMapping item)
    {
        Known(item, "method", "path", "handler", "middleware", "description");
        Require(item, "method", "path", "handler");
        string? method = Get(item, "method", Method(), "GET, POST, PUT, PATCH or DELETE")?.ToUpperInvariant();
        string? path = Get(item, "path", RoutePath(), "a path such as /stats/{id}"), handler = Handler(item);
        return method is null || path is null || handler is null ? null : new RouteRegistration(method, path, handler)
        {
            Middleware = Find(item, "middleware") is { } names ? Matches(names, Forms.Id(), "middleware", "names of middleware") : [],
            Description = Words(item, "description"),
        };
    }

    private WidgetRegistration? Widget(DataMapping item)
    {
        Known(item, "id", "title", "description", "handler", "location", "size", "order", "refreshable", "refresh_sec");
        Require(item, "id", "handler", "location");
        string? id = Id(item, "id"), handler = Handler(item), location = Id(item, "location");
        string title = Words(item, "title");
        return id is null || handler is null || location is null ? null : new WidgetRegistration(id, title.Length == 0 ? id : title, handler, location)
        {
            Description = Words(item, "description"),
            Size = Optional(item, "size", WidgetSize(), "small, medium, large or full") ?? "medium",
            Order = Number(item, "order"),
            Refreshable = Flag(item, "refreshable", false),
            RefreshSeconds = Number(item, "refresh_sec", 0, 86_400),
        };
    }

    private JobRegistration? Job(DataMapping item)
    {
        Known(item, "id", "handler", "schedule", "description", "enabled", "timeout", "time_zone", "overlap", "catch_up");
        Require(item, "id", "handler", "schedule");
        string? id = Id(item, "id"), handler = Handler(item), schedule = Get(item, "schedule", Schedule(), "five cron fields such as \"0 3 * * *\", or @daily");
        return id is null || handler is null || schedule is null ? null : new JobRegistration(id, handler, schedule)
        {
            Description = Words(item, "description"),
            Enabled = Flag(item, "enabled", true),
            Timeout = Find(item, "timeout") is { } timeout && _times.Time(timeout, "timeout", 1000, 24 * 3_600_000) is { } time ? time : TimeSpan.FromSeconds(300),
            TimeZone = Optional(item, "time_zone", ZoneName(), "a name such as Europe/Vienna") ?? "UTC",
            Overlap = Optional(item, "overlap", OverlapForm(), "skip, queue or allow") switch { "queue" => JobOverlap.Queue, "allow" => JobOverlap.Allow, _ => JobOverlap.Skip },
            CatchUp = Flag(item, "catch_up", false),
        };
    }

    private TemplateRegistration? Template(DataMapping item)
    {
        Known(item, "name", "path", "override");
        Require(item, "name");
        string path = Find(item, "path") is { } node && Text(node, "path") is { } text ? text : "";
        if (path.Length > 0 && PackagePath.Fault(path) is { } fault)
            Findings.Report(PackageCodes.PathInvalid, item.Find("path")!, $"path {fault}");
        return Id(item, "name") is { } name ? new TemplateRegistration(name, path, Flag(item, "override", false)) : null;
    }

    private ErrorCodeRegistration? ErrorCode(DataMapping item)
    {
        Known(item, "code", "message", "http_status");
        Require(item, "code", "message");
        return Id(item, "code") is { } code ? new ErrorCodeRegistration(code, Words(item, "message"), Number(item, "http_status", 400, 599, 500)) : null;
    }

    private ToolRegistration? Tool(DataMapping item)
    {
        Known(item, "name", "description", "input_schema", "inputSchema", "handler");
        Require(item, "name", "handler");
        string? name = Id(item, "name"), handler = Handler(item);
        var schema = Find(item, "input_schema") ?? Find(item, "inputSchema");
        if (schema is not (null or DataMapping)) Findings.Report(PackageCodes.ValueInvalid, schema, "input_schema is no JSON Schema.", "Write { type: object }.");
        return name is null || handler is null ? null : new ToolRegistration(name, Words(item, "description", 4000), DataJson.Write(schema, """{"type":"object"}"""), handler);
    }

    private NamedRegistration? Named(DataMapping item)
    {
        Known(item, "id", "handler");
        Require(item, "id", "handler");
        return Id(item, "id") is { } id && Handler(item) is { } handler ? new NamedRegistration(id, handler) : null;
    }

    private HookRegistration? Hook(DataMapping item)
    {
        Known(item, "event", "handler");
        Require(item, "event", "handler");
        return Id(item, "event") is { } name && Handler(item) is { } handler ? new HookRegistration(name, handler) : null;
    }

    private string? LandingPage(DataNode value) =>
        !Strict && value is DataScalar { Text: "" } ? null : Match(value, MenuReader.Path(), "landing_page", "a path of one of its routes");

    private Registration Skip(DataScalar key, Registration read)
    {
        if (Strict) Unknown(key, string.Join(", ", Keys));
        return read;
    }

    [GeneratedRegex(@"\A(GET|POST|PUT|PATCH|DELETE)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Method();

    // SECURITY: dot segments and doubled slashes, by which a route of a plugin would shadow another after normalisation.
    [GeneratedRegex(@"\A(/(?!\.\.?(/|\z))([A-Za-z0-9_.~-]+|:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\}|\*[A-Za-z0-9_]*)){1,20}/?\z|\A/\z", RegexOptions.CultureInvariant)]
    private static partial Regex RoutePath();

    [GeneratedRegex(@"\A(skip|queue|allow)\z", RegexOptions.CultureInvariant)]
    private static partial Regex OverlapForm();

    [GeneratedRegex(@"\A(small|medium|large|full)\z", RegexOptions.CultureInvariant)]
    private static partial Regex WidgetSize();

    [GeneratedRegex(@"\A(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|[0-9A-Za-z*/,?#-]{1,40}( +[0-9A-Za-z*/,?#-]{1,40}){4})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Schedule();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_+/-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ZoneName();
}
