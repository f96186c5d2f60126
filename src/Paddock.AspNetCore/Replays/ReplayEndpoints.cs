using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Paddock.AspNetCore;

/// <summary><c>/api/replays</c>: calls of single plugins, recorded for a while and run again offline. Operators only.</summary>
internal static class ReplayEndpoints
{
    private const int DefaultHours = 24;

    public static void Map(RouteGroupBuilder group)
    {
        group.Get("", ListAsync).As("ListReplays", "List recorded calls, newest first", PaddockPolicies.Operator)
            .WithQuery("plugin", "string", "Only those of one plugin: its id, or the name of a package.").WithQuery("limit", "integer", "1 to 200, 50 by default.").Produces<ListResponse<RecordingResponse>>();
        group.Post("/plugins/{name}/enable", EnableAsync).As("EnableReplays", "Record all calls of a plugin for a while; the plugin is an id, or the name of a package", PaddockPolicies.Operator)
            .Accepts<RecordBody>("application/json").Produces<RecordingConsentResponse>();
        group.Post("/plugins/{name}/disable", DisableAsync).As("DisableReplays", "Record no more calls of a plugin; the plugin is an id, or the name of a package", PaddockPolicies.Operator)
            .WithQuery("purge", "boolean", "Whether its recordings go too.").Produces<RecordingsRemovedResponse>();
        group.Post("/{id}/run", RunAsync).As("RunReplay", "Run a recorded call again; that it comes to another end is told in divergence", PaddockPolicies.Operator, PaddockEndpoint.LongestCall).Produces<ReplayResponse>();
    }

    private static async Task<IResult> ListAsync(HttpContext context)
    {
        int limit = Query.Number(context, "limit", 50, 1, 200);
        var recordings = await context.Service<IReplayService>().ListAsync(context.Caller(), Query.Text(context, "plugin"), limit, context.RequestAborted);
        return Wire.Ok(new ListResponse<RecordingResponse>([.. recordings.OrRefuse().Select(RecordingResponse.From)]));
    }

    private static async Task<IResult> EnableAsync(HttpContext context, string name)
    {
        var body = new BodyReader(await context.BodyAsync(optional: true));
        int hours = body.Integer("hours") ?? DefaultHours;
        body.Finish();
        var consent = (await context.Service<IReplayService>().EnableAsync(context.Caller(), name, RecordBody.Duration(hours), context.RequestAborted)).OrRefuse();
        return Wire.Ok(new RecordingConsentResponse(consent.PluginId, consent.EnabledBy, consent.ExpiresAt));
    }

    private static async Task<IResult> DisableAsync(HttpContext context, string name)
    {
        await context.NoBodyAsync();
        bool purge = Query.Flag(context, "purge") ?? false;
        int removed = (await context.Service<IReplayService>().DisableAsync(context.Caller(), name, purge, context.RequestAborted)).OrRefuse();
        return Wire.Ok(new RecordingsRemovedResponse(removed));
    }

    private static async Task<IResult> RunAsync(HttpContext context, string id)
    {
        await context.NoBodyAsync();
        return Wire.Ok(ReplayResponse.From((await context.Service<IReplayService>().ReplayAsync(context.Caller(), id, context.RequestAborted)).OrRefuse()));
    }
}
