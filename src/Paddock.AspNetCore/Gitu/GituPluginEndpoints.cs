using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Paddock.Packaging;

namespace Paddock.AspNetCore;

/// <summary>Plugins and executions as Gitu's clients know them: <c>/api/gitu/plugins</c>.</summary>
internal static class GituPluginEndpoints
{
    private static readonly TimeSpan LongestExecution = TimeSpan.FromMinutes(5);

    public static void Map(RouteGroupBuilder gitu)
    {
        gitu.Get("/plugins", ListAsync).As("GituListPlugins", "List plugins", PaddockPolicies.Caller)
            .WithQuery("enabled", "boolean", "Only enabled, or only disabled plugins.").Produces<GituPluginList>();
        gitu.Post("/plugins", CreateAsync).As("GituCreatePlugin", "Create a plugin", PaddockPolicies.Author)
            .Accepts<PluginBody>("application/json").Produces<GituPluginAnswer>(StatusCodes.Status201Created);
        gitu.Post("/plugins/validate", ValidateAsync).As("GituValidatePlugin", "Say everything that is wrong with a plugin, and store nothing", PaddockPolicies.Author)
            .Accepts<PluginBody>("application/json").Produces<GituValidationAnswer>();
        gitu.Get("/plugins/{id}", GetAsync).As("GituGetPlugin", "Get a plugin", PaddockPolicies.Caller).Produces<GituPluginAnswer>();
        gitu.Put("/plugins/{id}", UpdateAsync).As("GituUpdatePlugin", "Change members of a plugin", PaddockPolicies.Author)
            .Accepts<PluginPatchBody>("application/json").Produces<GituPluginAnswer>();
        gitu.Delete("/plugins/{id}", DeleteAsync).As("GituDeletePlugin", "Delete a plugin with all that belongs to it", PaddockPolicies.Author).Produces<GituAnswer>();
        gitu.Post("/plugins/{id}/execute", ExecuteAsync).As("GituExecutePlugin", "Execute a plugin", PaddockPolicies.Caller, LongestExecution)
            .Accepts<ExecuteBody>("application/json").Produces<GituExecutionAnswer>();
        gitu.Get("/plugins/{id}/executions", ExecutionsAsync).As("GituListExecutions", "List executions, newest first", PaddockPolicies.Caller)
            .WithQuery("limit", "integer", "1 to 200, 50 by default.").Produces<GituExecutionList>();
    }

    private static async Task<IResult> ListAsync(HttpContext context)
    {
        var plugins = await context.Service<IPluginService>().ListAsync(context.Caller(), Query.Flag(context, "enabled"), context.RequestAborted);
        return Wire.Ok(new GituPluginList(true, [.. plugins.OrRefuse().Select(GituPlugin.From)]));
    }

    private static async Task<IResult> CreateAsync(HttpContext context)
    {
        var draft = PluginDraft.FromJson(await context.BodyAsync());
        var plugin = (await context.Service<IPluginService>().CreateAsync(context.Caller(), draft, context.RequestAborted)).OrRefuse();
        return Wire.Created(new GituPluginAnswer(true, GituPlugin.From(plugin)), $"{Routes.Gitu}/plugins/{plugin.Id}");
    }

    private static async Task<IResult> ValidateAsync(HttpContext context)
    {
        var draft = PluginDraft.FromJson(await context.BodyAsync());
        var findings = (await context.Service<IPluginService>().ValidateAsync(context.Caller(), draft, context.RequestAborted)).OrRefuse();
        return Wire.Ok(GituValidationAnswer.From(findings));
    }

    private static async Task<IResult> GetAsync(HttpContext context, string id)
    {
        var plugin = (await context.Service<IPluginService>().GetAsync(context.Caller(), id, context.RequestAborted)).OrRefuse();
        return Wire.Ok(new GituPluginAnswer(true, GituPlugin.From(plugin)));
    }

    private static async Task<IResult> UpdateAsync(HttpContext context, string id)
    {
        var patch = PluginPatch.FromJson(await context.BodyAsync());
        var plugin = (await context.Service<IPluginService>().UpdateAsync(context.Caller(), id, patch, context.RequestAborted)).OrRefuse();
        return Wire.Ok(new GituPluginAnswer(true, GituPlugin.From(plugin)));
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, string id)
    {
        await context.NoBodyAsync();
        (await context.Service<IPluginService>().DeleteAsync(context.Caller(), id, context.RequestAborted)).OrRefuse();
        return Wire.Ok(new GituAnswer(true));
    }

    private static async Task<IResult> ExecuteAsync(HttpContext context, string id)
    {
        var request = ExecuteBody.Read(await context.BodyAsync(optional: true), withFunction: false);
        var outcome = (await context.Service<IExecutionService>().ExecuteAsync(context.Caller(), id, request, context.RequestAborted)).OrRefuse();
        return Wire.Ok(new GituExecutionAnswer(true, GituExecution.From(outcome.ExecutionId, outcome.Result)));
    }

    private static async Task<IResult> ExecutionsAsync(HttpContext context, string id)
    {
        int limit = Query.Number(context, "limit", 50, 1, 200);
        var executions = await context.Service<IExecutionService>().ListAsync(context.Caller(), id, limit, context.RequestAborted);
        return Wire.Ok(new GituExecutionList(true, [.. executions.OrRefuse().Select(GituExecutionRecord.From)]));
    }
}
