using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Paddock.AspNetCore;

/// <summary><c>/api/host</c>: what concerns all plugins of a tenant at once: logs, statistics, trusted keys, revocations, and stopping everything. Operators only.</summary>
internal static class HostEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.Get("/logs", Logs).As("ListLogs", "List what plugins logged lately, newest first", PaddockPolicies.Operator)
            .WithQuery("plugin", "string", "Only that plugin's.").WithQuery("level", "string", "At least debug (the default), info, warn or error.").WithQuery("limit", "integer", "1 to 1,000, 100 by default.").Produces<ListResponse<PluginLogResponse>>();
        group.Delete("/logs", ClearLogsAsync).As("ClearLogs", "Forget what plugins logged", PaddockPolicies.Operator).WithQuery("plugin", "string", "Only that plugin's.").Produces(204);
        group.Get("/statistics", Statistics).As("GetStatistics", "Get what each plugin used since the host started", PaddockPolicies.Operator).Produces<IReadOnlyDictionary<string, PluginStatistics>>();
        group.Get("/keys", KeysAsync).As("ListKeys", "List the keys whose signatures count", PaddockPolicies.Operator).Produces<ListResponse<TrustedKeyRecord>>();
        group.Post("/keys", TrustAsync).As("TrustKey", "Trust a key", PaddockPolicies.Operator).Accepts<KeyBody>("application/json").Produces<TrustedKeyRecord>(201);
        group.Delete("/keys/{id}", RevokeKeyAsync).As("RevokeKey", "Revoke a key for good", PaddockPolicies.Operator).Produces<TrustedKeyRecord>();
        group.Post("/revocations", RevokeAsync).As("RevokePackage", "Revoke a package by its digest, wherever it is or will be installed", PaddockPolicies.Operator).Accepts<RevocationBody>("application/json").Produces(204);
        group.Get("/safe-mode", SafeMode).As("GetSafeMode", "Get whether all plugins are stopped", PaddockPolicies.Operator).Produces<SafeModeResponse>();
        group.Post("/stop", StopAsync).As("StopAll", "Stop all plugins", PaddockPolicies.Operator).Produces<SafeModeResponse>();
        group.Post("/resume", ResumeAsync).As("Resume", "Let plugins run again", PaddockPolicies.Operator, PaddockEndpoint.LongestCall).Produces<SafeModeResponse>();
    }

    public static (string? Plugin, LogSeverity Least, int Limit) LogQuery(HttpContext context) => (
        Query.Text(context, "plugin"),
        PackageNames.Severity(Query.OneOf(context, "level", "debug", "info", "warn", "error")) ?? LogSeverity.Debug,
        Query.Number(context, "limit", 100, 1, 1000));

    private static IResult Logs(HttpContext context)
    {
        var (plugin, least, limit) = LogQuery(context);
        var logs = context.Service<IPluginInsight>().Logs(context.Caller(), plugin, least, limit).OrRefuse();
        return Wire.Ok(new ListResponse<PluginLogResponse>([.. logs.Select(PluginLogResponse.From)]));
    }

    private static async Task<IResult> ClearLogsAsync(HttpContext context)
    {
        await context.NoBodyAsync();
        context.Service<IPluginInsight>().ClearLogs(context.Caller(), Query.Text(context, "plugin")).OrRefuse();
        return Results.NoContent();
    }

    private static IResult Statistics(HttpContext context) => Wire.Ok(context.Service<IPluginInsight>().Statistics(context.Caller()).OrRefuse());

    private static async Task<IResult> KeysAsync(HttpContext context) =>
        Wire.Ok(new ListResponse<TrustedKeyRecord>((await context.Service<ITrustService>().ListAsync(context.Caller(), context.RequestAborted)).OrRefuse()));

    private static async Task<IResult> TrustAsync(HttpContext context)
    {
        var body = new BodyReader(await context.BodyAsync());
        var pem = body.Any("publicKey");
        string? publisher = body.Text("publisher", required: true);
        var until = body.Instant("validUntil");
        if (pem is not { ValueKind: System.Text.Json.JsonValueKind.String }) body.Report("publicKey", "publicKey is no text in PEM.");
        body.Finish();
        var key = (await context.Service<ITrustService>().TrustAsync(context.Caller(), pem!.Value.GetString()!, publisher!, until, context.RequestAborted)).OrRefuse();
        return Wire.Created(key, $"{Routes.Host}/keys");
    }

    private static async Task<IResult> RevokeKeyAsync(HttpContext context, string id)
    {
        await context.NoBodyAsync();
        return Wire.Ok((await context.Service<ITrustService>().RevokeAsync(context.Caller(), id, context.RequestAborted)).OrRefuse());
    }

    private static async Task<IResult> RevokeAsync(HttpContext context)
    {
        var body = new BodyReader(await context.BodyAsync());
        string? digest = body.Text("digest", required: true), reason = body.Text("reason", required: true);
        body.Finish();
        (await context.Service<IPackageService>().RevokeAsync(context.Caller(), digest!, reason!, context.RequestAborted)).OrRefuse();
        return Results.NoContent();
    }

    private static IResult SafeMode(HttpContext context) => Wire.Ok(new SafeModeResponse(context.Service<IHostControl>().IsSafeMode));

    private static async Task<IResult> StopAsync(HttpContext context)
    {
        await context.NoBodyAsync();
        (await context.Service<IHostControl>().StopAllAsync(context.Caller(), context.RequestAborted)).OrRefuse();
        return SafeMode(context);
    }

    private static async Task<IResult> ResumeAsync(HttpContext context)
    {
        await context.NoBodyAsync();
        (await context.Service<IHostControl>().ResumeAsync(context.Caller(), context.RequestAborted)).OrRefuse();
        return SafeMode(context);
    }
}

/// <summary>One line that a plugin logged.</summary>
internal sealed record PluginLogResponse(string Plugin, DateTimeOffset At, string Level, string Message)
{
    public static PluginLogResponse From(PluginLogEntry entry) => new(entry.Plugin, entry.Entry.At, Names.Of(entry.Entry.Severity), entry.Entry.Message);
}

/// <summary>Whether all plugins are stopped.</summary>
internal sealed record SafeModeResponse(bool SafeMode);
