using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Paddock.AspNetCore;

/// <summary><c>/api/agent</c>: the tools that an agent may call. What they run, runs with the plugin's grants, on behalf of the token's owner.</summary>
internal static class AgentEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.Get("/tools", List).As("ListAgentTools", "List the tools that an agent may call", PaddockPolicies.Caller).Produces<ListResponse<AgentTool>>();
        group.Post("/tools/{tool}", CallAsync).As("CallAgentTool", "Call a tool with its arguments as the body", PaddockPolicies.Caller, PaddockEndpoint.LongestCall).WithQuery("digest", "string", "The version that the agent was shown; another is refused.").Produces<AgentToolResponse>();
    }

    private static IResult List(HttpContext context) => Wire.Ok(new ListResponse<AgentTool>([.. context.Service<IPluginToolRouter>().List(context.Caller())]));

    private static async Task<IResult> CallAsync(HttpContext context, string tool)
    {
        var arguments = await context.BodyAsync();
        var result = (await context.Service<IPluginToolRouter>().CallAsync(context.Caller(), tool, arguments, Query.Text(context, "digest", 64), context.RequestAborted)).OrRefuse();
        return Wire.Ok(new AgentToolResponse(JsonElement.Parse(result.Content.Span), result.IsError, result.ExecutionId));
    }
}

/// <summary>What a tool answered; <c>isError</c> where it failed, and <c>content</c> then has <c>error</c> and <c>message</c>.</summary>
internal sealed record AgentToolResponse(JsonElement Content, bool IsError, string? ExecutionId);
