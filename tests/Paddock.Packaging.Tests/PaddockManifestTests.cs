namespace Paddock.Packaging.Tests;

public sealed class PaddockManifestTests
{
    internal const string Whole = """
        apiVersion: paddock/v1
        name: ticket-stats            # 3-50
        version: 1.2.0
        description: |
          Counts tickets.
          Draws them too.
        author: The authors
        license: Apache-2.0
        homepage: https://example.com/stats
        runtime: javascript
        entry: main.js
        entryPoint: run
        minHostVersion: 0.1.0
        configSchema: config.schema.json
        secrets: [api_key]
        isolation: process
        stateful: true
        permissions:
          - { type: db, access: read, scope: [tickets, "ticket_*", "reports:sales"] }
          - { type: db, access: readwrite, scope: [notes] }
          - { type: cache, access: readwrite, scope: ["*"] }
          - { type: kv, access: [read, write, delete], scope: [settings/] }
          - { type: http, scope: ["*.example.com", "http://10.0.0.5:8080"] }
          - { type: email, scope: ["@example.com"] }
          - { type: config, access: read, scope: ["App:Title"] }
          - { type: files, access: [read, write], scope: [/data/stats, .] }
          - { type: shell, access: execute, scope: [git] }
          - { type: plugin_call, scope: [other-plugin] }
        capabilities: { required: ["tool:ticket.*"], optional: ["hook:ticket.created"] }
        limits: { memory: 64MiB, timeout: 5s, initTimeout: 2s, cpu: 0.5, processes: 16, hostCalls: 50, result: 2MiB, log: 64KiB, logEntries: 10, stack: 1MiB, shutdownTimeout: 500ms }
        dependencies: { left-pad: ^1.3.0 }
        contributes:
          routes:
            - { method: get, path: "/stats/{id}", handler: show, middleware: [auth] }
          menu_items:
            - { id: stats, label: Statistics, icon: chart, path: /stats, location: admin, order: 3, children: [{ id: stats.day, label: Day, path: /stats/day }] }
          widgets:
            - { id: open, title: Open tickets, handler: open_widget, location: agent_home, size: small, refreshable: true, refresh_sec: 60 }
          jobs:
            - { id: nightly, handler: nightly, schedule: "0 3 * * *", timeout: 10m, time_zone: Europe/Vienna, overlap: queue, catch_up: true }
          templates:
            - { name: ticket-row, path: templates/row.html, override: true }
          i18n:
            en: { title: Statistics, "ask.twice": Really? }
            de-AT: { title: Statistik }
          error_codes:
            - { code: no_data, message: There is nothing to count, http_status: 404 }
          tools:
            - { name: ticket.count, description: Counts, handler: count, input_schema: { type: object, properties: { days: { type: integer, minimum: 1 } } } }
          commands:
            - { name: stats, description: Statistics, commands: [{ name: show, handler: show_command }] }
          channels: [{ id: chat, handler: on_chat }]
          services: [{ id: poller, handler: poll }]
          hooks: [{ event: ticket.created, handler: on_created }]
          exports: [count]
          hide_menu_items: [old.stats]
          landing_page: /stats
        """;

    internal static readonly PackageFile[] Others =
    [
        Packages.File("config.schema.json", """{ "type": "object", "properties": { "days": { "type": "integer" } } }"""), Packages.File("templates/row.html", "<p>"),
    ];

    [Fact]
    public async Task Verify_EveryKey_IsCarriedOver()
    {
        var package = await Packages.Good(Packages.Source(Packages.Files(Whole, Others)));
        var manifest = package.Manifest;
        Assert.Equal(("ticket-stats", "1.2.0", "run", IsolationLevel.Process, true), (manifest.Name, manifest.Version, manifest.EntryPoint, manifest.Isolation, manifest.Stateful));
        Assert.Equal(("The authors", "Apache-2.0", "https://example.com/stats", "Counts tickets.\nDraws them too."), (manifest.Author, manifest.License, manifest.Homepage, manifest.Description.TrimEnd()));
        Assert.Equal(["api_key"], manifest.Secrets);
        Assert.Equal(["tool:ticket.*", "hook:ticket.created"], [.. manifest.Capabilities.Required, .. manifest.Capabilities.Optional]);
        Assert.Equal("^1.3.0", manifest.Dependencies["left-pad"]);
        Assert.Equal(
            new Limits
            {
                MemoryBytes = 64 << 20, Timeout = TimeSpan.FromSeconds(5), InitTimeout = TimeSpan.FromSeconds(2), ShutdownTimeout = TimeSpan.FromMilliseconds(500),
                Cpu = 0.5, Processes = 16, HostCalls = 50, ResultBytes = 2 << 20, LogBytes = 64 << 10, LogEntries = 10, StackBytes = 1 << 20,
            },
            manifest.Limits);
        Assert.NotNull(package.ConfigSchema);
        Assert.False(package.NeedsRegistration);
    }

    [Fact]
    public async Task Verify_EveryPermission_HasItsTypeAccessAndScope()
    {
        var package = await Packages.Good(Packages.Source(Packages.Files(Whole, Others)));
        Assert.Equal(
            [
                "Db Read tickets,ticket_*,reports:sales", "Db Read, Write notes", "Cache Read, Write *", "Kv Read, Write, Delete settings/",
                "Http Execute *.example.com,http://10.0.0.5:8080", "Email Execute @example.com", "Config Read App:Title",
                "Files Read, Write /data/stats,.", "Shell Execute git", "PluginCall Execute other-plugin",
            ],
            package.Manifest.Permissions.Select(p => $"{p.Type} {p.Access} {string.Join(',', p.Scope)}"));
    }

    [Fact]
    public async Task Verify_EveryContribution_IsRead()
    {
        var registration = (await Packages.Good(Packages.Source(Packages.Files(Whole, Others)))).Manifest.Contributes!;
        Assert.Equal(("GET", "/stats/{id}", "show", "auth"), (registration.Routes[0].Method, registration.Routes[0].Path, registration.Routes[0].Handler, registration.Routes[0].Middleware[0]));
        Assert.Equal(("stats", "admin", 3, "stats.day"), (registration.MenuItems[0].Id, registration.MenuItems[0].Location, registration.MenuItems[0].Order, registration.MenuItems[0].Children[0].Id));
        Assert.Equal(("open", "small", true, 60), (registration.Widgets[0].Id, registration.Widgets[0].Size, registration.Widgets[0].Refreshable, registration.Widgets[0].RefreshSeconds));
        Assert.Equal((TimeSpan.FromMinutes(10), "Europe/Vienna", JobOverlap.Queue, true), (registration.Jobs[0].Timeout, registration.Jobs[0].TimeZone, registration.Jobs[0].Overlap, registration.Jobs[0].CatchUp));
        Assert.Equal(new TemplateRegistration("ticket-row", "templates/row.html", true), registration.Templates[0]);
        Assert.Equal(("ticket-stats", "Statistik", "Really?"), (registration.Translations!.Namespace, registration.Translations.Texts["de-AT"]["title"], registration.Translations.Texts["en"]["ask.twice"]));
        Assert.Equal(new ErrorCodeRegistration("no_data", "There is nothing to count", 404), registration.ErrorCodes[0]);
        Assert.Equal("""{"type":"object","properties":{"days":{"type":"integer","minimum":1}}}""", System.Text.Encoding.UTF8.GetString(registration.Tools[0].InputSchema.Span));
        Assert.Equal(("stats", "show"), (registration.Commands[0].Name, registration.Commands[0].Commands[0].Name));
        Assert.Equal((new NamedRegistration("chat", "on_chat"), new NamedRegistration("poller", "poll")), (registration.Channels[0], registration.Services[0]));
        Assert.Equal((new HookRegistration("ticket.created", "on_created"), "count", "old.stats", "/stats"), (registration.Hooks[0], registration.Exports[0], registration.HideMenuItems[0], registration.LandingPage));
    }

    public static TheoryData<string, string, int, int> Mistakes => new()
    {
        { "colour: red", PackageCodes.KeyUnknown, 6, 1 },
        { "stateful: yes", PackageCodes.ValueInvalid, 6, 11 },
        { "minHostVersion: 1.0", PackageCodes.ValueInvalid, 6, 17 },
        { "configSchema: ../x.json", PackageCodes.PathInvalid, 6, 15 },
        { "configSchema: none.json", PackageCodes.FileMissing, 6, 15 },
        { "secrets: [a, a]", PackageCodes.Duplicate, 6, 14 },
        { "isolation: chroot", PackageCodes.ValueInvalid, 6, 12 },
        { "homepage: javascript:alert(1)", PackageCodes.ValueInvalid, 6, 11 },
        { "author: \"a\\u202eb\"", PackageCodes.ValueInvalid, 6, 9 },
        { "permissions: {}", PackageCodes.ValueInvalid, 6, 14 },
        { "permissions: [{ type: gpu, scope: [x] }]", PackageCodes.PermissionUnknown, 6, 23 },
        { "permissions: [{ type: db, access: read }]", PackageCodes.ScopeMissing, 6, 15 },
        { "permissions: [{ type: db, access: read, scope: [] }]", PackageCodes.ScopeMissing, 6, 48 },
        { "permissions: [{ type: kv, access: read }]", PackageCodes.ScopeMissing, 6, 15 },
        { "permissions: [{ type: db, scope: [x] }]", PackageCodes.AccessInvalid, 6, 15 },
        { "permissions: [{ type: db, access: execute, scope: [x] }]", PackageCodes.AccessInvalid, 6, 35 },
        { "permissions: [{ type: db, access: delete, scope: [x] }]", PackageCodes.AccessInvalid, 6, 35 },
        { "permissions: [{ type: http, access: read, scope: [x] }]", PackageCodes.AccessInvalid, 6, 37 },
        { "permissions: [{ type: db, access: read, scope: [\"a*b\"] }]", PackageCodes.ScopeInvalid, 6, 49 },
        { "permissions: [{ type: db, access: read, scope: [a, \"*\"] }]", PackageCodes.ScopeInvalid, 6, 48 },
        { "permissions: [{ type: http, scope: [\"https://a.b/path\"] }]", PackageCodes.ScopeInvalid, 6, 37 },
        { "permissions: [{ type: email, scope: [\"*\"] }]", PackageCodes.ScopeInvalid, 6, 38 },
        { "permissions: [{ type: files, access: read, scope: [/a/../b] }]", PackageCodes.ScopeInvalid, 6, 52 },
        { "permissions: [{ type: files, access: read, scope: [/] }]", PackageCodes.ScopeInvalid, 6, 52 },
        { "permissions: [{ type: shell, scope: [\"*\"] }]", PackageCodes.ScopeInvalid, 6, 38 },
        { "permissions: [{ type: db, access: read, scope: [a], extra: 1 }]", PackageCodes.KeyUnknown, 6, 53 },
        { "capabilities: { required: [everything] }", PackageCodes.ValueInvalid, 6, 28 },
        { "limits: { memory: 64 }", PackageCodes.ValueInvalid, 6, 19 },
        { "limits: { memory: 1TiB }", PackageCodes.ValueInvalid, 6, 19 },
        { "limits: { timeout: forever }", PackageCodes.ValueInvalid, 6, 20 },
        { "limits: { timeout: 1h }", PackageCodes.ValueInvalid, 6, 20 },
        { "limits: { cpu: 0 }", PackageCodes.ValueInvalid, 6, 16 },
        { "limits: { disk: 1GiB }", PackageCodes.KeyUnknown, 6, 11 },
        { "dependencies: { left-pad: \"git+ssh://x\" }", PackageCodes.ValueInvalid, 6, 27 },
        { "contributes: { pages: [] }", PackageCodes.KeyUnknown, 6, 16 },
        { "contributes: { routes: [{ method: GET, path: stats, handler: x }] }", PackageCodes.ValueInvalid, 6, 46 },
        { "contributes: { routes: [{ method: GET, path: /a/../b, handler: x }] }", PackageCodes.ValueInvalid, 6, 46 },
        { "contributes: { routes: [{ method: TRACE, path: /a, handler: x }] }", PackageCodes.ValueInvalid, 6, 35 },
        { "contributes: { routes: [{ method: GET, path: /a }] }", PackageCodes.KeyMissing, 6, 25 },
        { "contributes: { routes: [{ method: GET, path: /a, handler: x }, { method: get, path: /a, handler: y }] }", PackageCodes.Duplicate, 6, 64 },
        { "contributes: { widgets: [{ id: a, handler: x, location: y, size: huge }] }", PackageCodes.ValueInvalid, 6, 66 },
        { "contributes: { jobs: [{ id: a, handler: x, schedule: often }] }", PackageCodes.ValueInvalid, 6, 54 },
        { "contributes: { templates: [{ name: a, path: none.html }] }", PackageCodes.FileMissing, 6, 14 },
        { "contributes: { error_codes: [{ code: a, message: m, http_status: 200 }] }", PackageCodes.ValueInvalid, 6, 66 },
        { "contributes: { landing_page: \"//evil.example\" }", PackageCodes.ValueInvalid, 6, 30 },
        { "contributes: { landing_page: \"javascript:x\" }", PackageCodes.ValueInvalid, 6, 30 },
        { "contributes: { i18n: { english: { a: b } } }", PackageCodes.ValueInvalid, 6, 24 },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Verify_OneMistake_IsReportedAtItsPlace(string line, string code, int atLine, int column)
    {
        var finding = Assert.Single((await Packages.Verify(Packages.Manifest + line + "\n")).Findings, f => f.Severity == FindingSeverity.Error);
        Assert.Equal((code, "plugin.yaml", atLine, column), (finding.Code, finding.Path, finding.Line, finding.Column));
    }

    [Theory]
    [InlineData("apiVersion: paddock/v1", "apiVersion: paddock/v2", PackageCodes.ApiVersion)]
    [InlineData("apiVersion: paddock/v1\n", "", PackageCodes.KeyMissing)]
    [InlineData("name: ticket-stats\n", "", PackageCodes.KeyMissing)]
    [InlineData("entry: main.js\n", "", PackageCodes.KeyMissing)]
    [InlineData("entry: main.js", "entry: Main.js", PackageCodes.FileMissing)]
    [InlineData("runtime: javascript", "runtime: ruby", PackageCodes.ValueInvalid)]
    [InlineData("runtime: javascript", "runtime: python\nisolation: inprocess", PackageCodes.IsolationTooLow)]
    [InlineData("runtime: javascript", "runtime: template", PackageCodes.ValueInvalid)]
    public async Task Verify_WhatItCannotDoWithout_IsReported(string good, string bad, string code) =>
        Assert.Equal([code], await Packages.Codes(Packages.Manifest.ReplaceLineEndings("\n").Replace(good, bad, StringComparison.Ordinal)));

    [Fact]
    public async Task Verify_SeveralMistakes_AreAllReportedWithMends()
    {
        var findings = (await Packages.Verify("apiVersion: x\nname: X\nruntime: ruby\nversion: one\ncolour: red\npermissions: 7\nlimits: []\n")).Findings;
        Assert.Equal([1, 1, 2, 3, 4, 5, 6, 7], findings.Select(f => f.Line!.Value).Order());
        Assert.True(findings.Count(f => f.Mend is not null) >= 7);
    }

    [Theory]
    [InlineData("0.1.0", "0.1.0", true)]
    [InlineData("0.2.0-rc.1", "0.2.0", false)]
    [InlineData("0.2.0", "0.2.0-rc.1", true)]
    [InlineData("0.10.0", "0.9.9", true)]
    [InlineData("1.0.0", "1.0.1", false)]
    [InlineData("1.0.0-rc.10", "1.0.0-rc.9", true)]
    [InlineData("1.0.0-rc", "1.0.0-1", true)]
    [InlineData("1.0.0+b", "1.0.0+a", true)]
    public async Task Verify_MinHostVersion_IsComparedAsSemVer(string host, string least, bool passes)
    {
        var verification = await Packages.Verify(Packages.Manifest + $"minHostVersion: {least}\n", PackageTrust.None with { HostVersion = host });
        Assert.Equal(passes ? [] : [PackageCodes.HostTooOld], verification.Findings.Select(f => f.Code));
    }

    [Fact]
    public async Task Verify_Star_IsAWarningWherePeopleShouldLook()
    {
        var package = await Packages.Good(Packages.Manifest + """
            permissions:
              - { type: db, access: read, scope: ["*"] }
              - { type: http, scope: ["*"] }
              - { type: kv, access: readwrite, scope: ["*"] }
            """);
        Assert.Equal([(PackageCodes.ScopeAll, 7), (PackageCodes.ScopeAll, 8)], package.Findings.Select(f => (f.Code, f.Line!.Value)));
    }

    [Fact]
    public async Task Verify_TwoManifests_AreRefused() =>
        Assert.Equal([PackageCodes.ManifestSeveral], await Packages.Codes(Packages.Source(Packages.Files(null, Packages.File("nexus.plugin.json", "{}")))));

    [Fact]
    public async Task Verify_TemplateWithoutCode_NeedsNoEntry()
    {
        var package = await Packages.Good(Packages.Source(Packages.File("plugin.yaml", "apiVersion: paddock/v1\nname: theme\nversion: 1.0.0\nruntime: template\n"), Packages.File("static/a.css", "a")));
        Assert.Equal((PluginRuntime.Template, ""), (package.Manifest.Runtime, package.Entry));
    }

    [Theory]
    [InlineData("plugin.yml")]
    [InlineData("Plugin.yaml")]
    [InlineData("inner/plugin.yaml")]
    public async Task Verify_ManifestByAnotherName_IsMissedByName(string name)
    {
        var finding = Assert.Single((await Packages.Verify(Packages.Source(Packages.File(name, Packages.Manifest)))).Findings);
        Assert.Equal((PackageCodes.ManifestMissing, name), (finding.Code, finding.Path));
    }
}
