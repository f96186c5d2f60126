using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Paddock.AspNetCore;

/// <summary>Consent as Gitu's clients know it: <c>/api/gitu/permissions</c>.</summary>
internal static class GituPermissionEndpoints
{
    public static void Map(RouteGroupBuilder gitu)
    {
        gitu.MapGet("/permissions", ListAsync).As("GituListPermissions", "List permissions in every state", PaddockPolicies.Caller)
            .WithQuery("resource", "string", "Only those of files, kv or shell.").WithQuery("pluginId", "string", "Only those of one plugin.").Produces<GituPermissionList>();
        gitu.MapPost("/permissions", GrantAsync).As("GituGrantPermission", "Grant a permission to one plugin, for its code as it is", PaddockPolicies.Operator)
            .Accepts<PermissionBody>("application/json").Produces<GituPermissionAnswer>(StatusCodes.Status201Created);
        gitu.MapPost("/permissions/{id}/revoke", RevokeAsync).As("GituRevokePermission", "Take a permission back", PaddockPolicies.Operator).Produces<GituPermissionAnswer>();
        gitu.MapGet("/permissions/requests", RequestsAsync).As("GituListRequests", "List permission requests", PaddockPolicies.Caller)
            .WithQuery("status", "string", "Only pending, approved or denied ones.").WithQuery("pluginId", "string", "Only those of one plugin.").Produces<GituRequestList>();
        gitu.MapPost("/permissions/requests", RequestAsync).As("GituRequestPermission", "Ask for a permission", PaddockPolicies.Author)
            .Accepts<PermissionRequestBody>("application/json").Produces<GituRequestAnswer>(StatusCodes.Status201Created);
        gitu.MapPost("/permissions/requests/{id}/approve", ApproveAsync).As("GituApproveRequest", "Approve a permission request", PaddockPolicies.Operator)
            .Accepts<ExpiryBody>("application/json").Produces<GituPermissionAnswer>();
        gitu.MapPost("/permissions/requests/{id}/deny", DenyAsync).As("GituDenyRequest", "Deny a permission request", PaddockPolicies.Operator).Produces<GituRequestAnswer>();
    }

    private static async Task<IResult> ListAsync(HttpContext context)
    {
        var resource = Names.Resource(Query.OneOf(context, "resource", "files", "kv", "shell"));
        var grants = await context.Service<IPermissionService>().ListAsync(context.Caller(), resource, Query.Text(context, "pluginId"), context.RequestAborted);
        return Wire.Ok(new GituPermissionList(true, [.. grants.OrRefuse().Select(GituPermission.From)]));
    }

    private static async Task<IResult> GrantAsync(HttpContext context)
    {
        var request = PermissionBody.ReadGrant(await context.BodyAsync());
        var grant = (await context.Service<IPermissionService>().GrantAsync(context.Caller(), request, context.RequestAborted)).OrRefuse();
        return Wire.Created(new GituPermissionAnswer(true, GituPermission.From(grant)), $"{Routes.Gitu}/permissions?pluginId={grant.PluginId}");
    }

    private static async Task<IResult> RevokeAsync(HttpContext context, string id)
    {
        await context.NoBodyAsync();
        var grant = (await context.Service<IPermissionService>().RevokeAsync(context.Caller(), id, context.RequestAborted)).OrRefuse();
        return Wire.Ok(new GituPermissionAnswer(true, GituPermission.From(grant)));
    }

    private static async Task<IResult> RequestsAsync(HttpContext context)
    {
        var status = Names.RequestStatus(Query.OneOf(context, "status", "pending", "approved", "denied"));
        var requests = await context.Service<IPermissionService>().ListRequestsAsync(context.Caller(), status, Query.Text(context, "pluginId"), context.RequestAborted);
        return Wire.Ok(new GituRequestList(true, [.. requests.OrRefuse().Select(GituPermissionRequest.From)]));
    }

    private static async Task<IResult> RequestAsync(HttpContext context)
    {
        var draft = PermissionBody.ReadRequest(await context.BodyAsync());
        var request = (await context.Service<IPermissionService>().CreateRequestAsync(context.Caller(), draft, context.RequestAborted)).OrRefuse();
        return Wire.Created(new GituRequestAnswer(true, GituPermissionRequest.From(request)), $"{Routes.Gitu}/permissions/requests?pluginId={request.PluginId}");
    }

    private static async Task<IResult> ApproveAsync(HttpContext context, string id)
    {
        var expiry = ExpiryBody.ReadAlone(await context.BodyAsync(optional: true));
        var grant = (await context.Service<IPermissionService>().ApproveRequestAsync(context.Caller(), id, expiry, context.RequestAborted)).OrRefuse();
        return Wire.Ok(new GituPermissionAnswer(true, GituPermission.From(grant)));
    }

    private static async Task<IResult> DenyAsync(HttpContext context, string id)
    {
        await context.NoBodyAsync();
        var request = (await context.Service<IPermissionService>().DenyRequestAsync(context.Caller(), id, context.RequestAborted)).OrRefuse();
        return Wire.Ok(new GituRequestAnswer(true, GituPermissionRequest.From(request)));
    }
}
