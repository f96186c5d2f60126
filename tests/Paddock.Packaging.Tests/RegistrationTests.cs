using System.Text;

namespace Paddock.Packaging.Tests;

public sealed class RegistrationTests
{
    private const string Whole = """
        {
          "name": "stats", "version": "1.0.0", "description": "Counts", "author": "A", "license": "MIT", "homepage": "", "min_host_version": "0.7",
          "routes": [{ "method": "GET", "path": "/api/stats/:id", "handler": "show", "middleware": ["auth"], "description": "", "added_later": 1 }],
          "menu_items": null,
          "widgets": [{ "id": "overview", "title": "Overview", "description": "", "handler": "widget_overview", "location": "dashboard", "size": "", "order": 1, "refreshable": true, "refresh_sec": 30 }],
          "jobs": [{ "id": "daily", "handler": "daily", "schedule": "@daily", "description": "x", "enabled": true, "timeout": "5m" }],
          "templates": [{ "name": "ticket.row", "path": "", "override": true }],
          "i18n": { "namespace": "", "languages": ["en", "de"], "translations": { "en": { "title": "Stats" }, "de": { "title": "Statistik" } } },
          "error_codes": [{ "code": "not_found", "message": "No", "http_status": 404 }],
          "resources": { "memory_mb": 128, "call_timeout": "10s", "init_timeout": "", "permissions": [{ "type": "db", "access": "read", "scope": ["tickets"] }, { "type": "cache", "access": "readwrite", "scope": null }] },
          "hide_menu_items": [], "landing_page": "", "future": { "anything": [1] }
        }
        """;

    [Fact]
    public async Task WithRegistration_SingleModule_IsItsManifest()
    {
        var package = await Module();
        Assert.True(package.NeedsRegistration);
        var extended = Extend(package, Whole);
        var manifest = extended.Manifest;
        Assert.Equal((package.Digest, false), (extended.Digest, extended.NeedsRegistration));
        Assert.Equal(("stats", "1.0.0", "Counts", "A"), (manifest.Name, manifest.Version, manifest.Description, manifest.Author));
        Assert.Equal((128L << 20, TimeSpan.FromSeconds(10)), (manifest.Limits!.MemoryBytes, manifest.Limits.Timeout));
        Assert.Equal(["Db Read tickets", "Cache Read, Write *"], manifest.Permissions.Select(p => $"{p.Type} {p.Access} {string.Join(',', p.Scope)}"));
        var said = manifest.Contributes!;
        Assert.Equal(("show", "medium", TimeSpan.FromMinutes(5), "Statistik"), (said.Routes[0].Handler, said.Widgets[0].Size, said.Jobs[0].Timeout, said.Translations!.Texts["de"]["title"]));
        Assert.Equal(("stats", null), (said.Translations.Namespace, said.LandingPage));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{ "name": "../evil" }""")]
    [InlineData("""{ "name": "stats", "name": "other" }""")]
    [InlineData("""{ "routes": {} }""")]
    [InlineData("""{ "routes": [{ "method": "GET", "path": "//x", "handler": "y" }] }""")]
    [InlineData("""{ "resources": { "permissions": [{ "type": "root" }] } }""")]
    [InlineData("""{ "menu_items": [{ "id": "a", "label": "A", "children": [{ "id": "x", "label": "X" }] }, { "id": "b", "label": "B", "children": [{ "id": "x", "label": "X" }] }] }""")]
    [InlineData("""{ "jobs": [{ "id": "a", "handler": "b", "schedule": "* * * * * *; rm" }] }""")]
    [InlineData("""{ "i18n": { "en": { "a": 1, "b": [] } } }""")]
    public async Task WithRegistration_WhatIsNotOfItsForm_IsRefused(string json)
    {
        var verification = PackageVerifier.WithRegistration(await Module(), Encoding.UTF8.GetBytes(json), PackageTrust.None);
        Assert.Null(verification.Package);
        Assert.NotEmpty(verification.Findings);
    }

    [Fact]
    public async Task WithRegistration_OfAnotherPlugin_IsRefused()
    {
        var package = await Packages.Good(Dialects.Source("plugin.yaml", "name: stats\nruntime: wasm\n", "stats.wasm"));
        Assert.Equal([PackageCodes.RegistrationName], Codes(package, """{ "name": "other" }"""));
        var native = await Packages.Good(Packages.Manifest);
        Assert.Equal([PackageCodes.RegistrationName], Codes(native, """{ "name": "other" }"""));
        Assert.NotNull(Extend(native, """{ "name": "ticket-stats", "routes": [] }""").Manifest.Contributes);
    }

    [Fact]
    public async Task WithRegistration_ManifestThatAsks_IsNotOutbid()
    {
        var package = await Packages.Good(Dialects.Source("plugin.yaml", "name: stats\nversion: 2.0.0\nruntime: wasm\nresources: { permissions: [{ type: db, access: read, scope: [tickets] }] }\n", "stats.wasm"));
        var extended = Extend(package, """{ "name": "stats", "version": "9.9.9", "resources": { "permissions": [{ "type": "db", "access": "write", "scope": ["users"] }] } }""");
        Assert.Equal(["Read tickets"], extended.Manifest.Permissions.Select(p => $"{p.Access} {p.Scope[0]}"));
        Assert.Equal("2.0.0", extended.Manifest.Version);
    }

    [Fact]
    public async Task WithRegistration_NativePackage_AsksForNothingByCode()
    {
        var native = await Packages.Good(Packages.Manifest);
        var extended = Extend(native, """{ "permissions": [{ "type": "db", "access": "read", "scope": ["*"] }], "resources": { "permissions": [{ "type": "http" }] } }""");
        Assert.Empty(extended.Manifest.Permissions);
    }

    [Fact]
    public async Task WithRegistration_ManifestThatContributes_IsNotExchanged()
    {
        var package = await Packages.Good(Packages.Manifest + "contributes: { exports: [count] }\n");
        Assert.Equal([PackageCodes.RegistrationTwice], Codes(package, """{ "exports": ["other"] }"""));
        Assert.Equal(["count"], Extend(package, """{ "name": "ticket-stats", "exports": [] }""").Manifest.Contributes!.Exports);
    }

    [Fact]
    public void Read_Registration_PassesOverWhatItDoesNotKnow()
    {
        var reading = RegistrationReader.Read(Encoding.UTF8.GetBytes(Whole), "stats");
        Assert.Empty(reading.Findings);
        Assert.Equal("overview", reading.Registration!.Widgets[0].Id);
        Assert.Equal([PackageCodes.RegistrationName], RegistrationReader.Read(Encoding.UTF8.GetBytes(Whole), "other").Findings.Select(f => f.Code));
    }

    [Fact]
    public void Read_TooLarge_IsRefused() =>
        Assert.Equal([PackageCodes.Syntax], RegistrationReader.Read(new byte[RegistrationReader.LongestJson + 1], "x").Findings.Select(f => f.Code));

    private static Task<VerifiedPackage> Module() => Packages.Good(PackageSource.FromBytes("stats.wasm", Wasm.Exporting("gk_register")));

    private static VerifiedPackage Extend(VerifiedPackage package, string json)
    {
        var verification = PackageVerifier.WithRegistration(package, Encoding.UTF8.GetBytes(json), PackageTrust.None);
        Assert.Equal([], Packages.Errors(verification).Select(f => $"{f.Line}:{f.Column} {f.Message}"));
        return verification.Package!;
    }

    private static string[] Codes(VerifiedPackage package, string json) =>
        [.. Packages.Errors(PackageVerifier.WithRegistration(package, Encoding.UTF8.GetBytes(json), PackageTrust.None)).Select(f => f.Code)];
}
