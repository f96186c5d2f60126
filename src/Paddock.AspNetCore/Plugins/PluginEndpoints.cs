using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Paddock.Packaging;

namespace Paddock.AspNetCore;

/// <summary>The native interface: <c>/api/plugins</c>. The same use cases as Gitu's, with ProblemDetails.</summary>
internal static class PluginEndpoints
{
    public static void Map(RouteGroupBuilder native)
    {
        native.Get("", ListAsync).As("ListPlugins", "List plugins", PaddockPolicies.Caller)
            .WithQuery("enabled", "boolean", "Only enabled, or only disabled plugins.").Produces<ListResponse<PluginResponse>>();
        native.Post("", CreateAsync).As("CreatePlugin", "Create a plugin", PaddockPolicies.Author)
            .Accepts<PluginBody>("application/json").Produces<PluginResponse>(StatusCodes.Status201Created);
        native.Post("/validate", ValidateAsync).As("ValidatePlugin", "Say everything that is wrong with a plugin, and store nothing", PaddockPolicies.Author)
            .Accepts<PluginBody>("application/json").Produces<ValidationResponse>();
        native.Get("/{id}", GetAsync).As("GetPlugin", "Get a plugin", PaddockPolicies.Caller).Produces<PluginResponse>();
        native.Put("/{id}", UpdateAsync).As("UpdatePlugin", "Change members of a plugin", PaddockPolicies.Author)
            .Accepts<PluginPatchBody>("application/json").Produces<PluginResponse>();
        native.Delete("/{id}", DeleteAsync).As("DeletePlugin", "Delete a plugin with all that belongs to it", PaddockPolicies.Author)
            .Produces(StatusCodes.Status204NoContent);
        native.Post("/{id}/execute", CallAsync).As("ExecutePlugin", "Execute a plugin", PaddockPolicies.Caller, PaddockEndpoint.LongestCall)
            .Accepts<CallBody>("application/json").Produces<CallResponse>();
        native.Get("/{id}/executions", ExecutionsAsync).As("ListExecutions", "List executions, newest first", PaddockPolicies.Caller)
            .WithQuery("limit", "integer", "1 to 200, 50 by default.").Produces<ListResponse<CallResponse>>();
        native.Get("/{id}/audit", AuditAsync).As("ListAudit", "List what was decided about a plugin's effects, newest first", PaddockPolicies.Author)
            .WithQuery("limit", "integer", "1 to 200, 50 by default.").WithQuery("executionId", "string", "Only those of one execution.").Produces<ListResponse<AuditResponse>>();
    }

    private static async Task<IResult> ListAsync(HttpContext context)
    {
        var plugins = await context.Service<IPluginService>().ListAsync(context.Caller(), Query.Flag(context, "enabled"), context.RequestAborted);
        return Wire.Ok(new ListResponse<PluginResponse>([.. plugins.OrRefuse().Select(PluginResponse.From)]));
    }

    private static async Task<IResult> CreateAsync(HttpContext context)
    {
        var draft = PluginDraft.FromJson(await context.BodyAsync());
        var plugin = (await context.Service<IPluginService>().CreateAsync(context.Caller(), draft, context.RequestAborted)).OrRefuse();
        return Wire.Created(PluginResponse.From(plugin), $"{Routes.Native}/{plugin.Id}");
    }

    private static async Task<IResult> ValidateAsync(HttpContext context)
    {
        var draft = PluginDraft.FromJson(await context.BodyAsync());
        var findings = (await context.Service<IPluginService>().ValidateAsync(context.Caller(), draft, context.RequestAborted)).OrRefuse();
        return Wire.Ok(new ValidationResponse(findings.All(f => f.Severity != FindingSeverity.Error), FindingResponse.FromAll(findings)));
    }

    private static async Task<IResult> GetAsync(HttpContext context, string id) =>
        Wire.Ok(PluginResponse.From((await context.Service<IPluginService>().GetAsync(context.Caller(), id, context.RequestAborted)).OrRefuse()));

    private static async Task<IResult> UpdateAsync(HttpContext context, string id)
    {
        var patch = PluginPatch.FromJson(await context.BodyAsync());
        return Wire.Ok(PluginResponse.From((await context.Service<IPluginService>().UpdateAsync(context.Caller(), id, patch, context.RequestAborted)).OrRefuse()));
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, string id)
    {
        await context.NoBodyAsync();
        (await context.Service<IPluginService>().DeleteAsync(context.Caller(), id, context.RequestAborted)).OrRefuse();
        return Results.NoContent();
    }

    private static async Task<IResult> CallAsync(HttpContext context, string id)
    {
        var request = ExecuteBody.Read(await context.BodyAsync(optional: true), withFunction: true);
        return Wire.Ok(CallResponse.From((await context.Service<IExecutionService>().ExecuteAsync(context.Caller(), id, request, context.RequestAborted)).OrRefuse()));
    }

    private static async Task<IResult> ExecutionsAsync(HttpContext context, string id)
    {
        int limit = Query.Number(context, "limit", 50, 1, 200);
        var executions = await context.Service<IExecutionService>().ListAsync(context.Caller(), id, limit, context.RequestAborted);
        return Wire.Ok(new ListResponse<CallResponse>([.. executions.OrRefuse().Select(CallResponse.From)]));
    }

    private static async Task<IResult> AuditAsync(HttpContext context, string id)
    {
        int limit = Query.Number(context, "limit", 50, 1, 200);
        string? execution = Query.Text(context, "executionId");
        var records = await context.Service<IAuditLog>().ListAsync(context.Caller(), id, execution, limit, context.RequestAborted);
        return Wire.Ok(new ListResponse<AuditResponse>([.. records.OrRefuse().Select(AuditResponse.From)]));
    }
}
