using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Paddock.AspNetCore;

/// <summary>Consent, on either interface: operators grant, approve, deny and revoke; authors ask.</summary>
/// <param name="names">Prefix of the operations' names.</param>
/// <param name="root">Path of the permissions.</param>
/// <param name="answers">The interface's shapes.</param>
internal sealed class PermissionEndpoints(string names, string root, PermissionAnswers answers)
{
    public void Map(IEndpointRouteBuilder group)
    {
        group.Get("/permissions", ListAsync).As(names + "ListPermissions", "List permissions in every state", PaddockPolicies.Caller)
            .WithQuery("resource", "string", "Only those of files, http, kv or shell.").WithQuery("pluginId", "string", "Only those of one plugin.").Produces(200, answers.Permissions.Type);
        group.Post("/permissions", GrantAsync).As(names + "GrantPermission", "Grant a permission to one plugin, for its code as it is", PaddockPolicies.Operator)
            .Accepts<PermissionBody>("application/json").Produces(201, answers.Permission.Type);
        group.Post("/permissions/{id}/revoke", RevokeAsync).As(names + "RevokePermission", "Take a permission back", PaddockPolicies.Operator).Produces(200, answers.Permission.Type);
        group.Get("/permissions/requests", RequestsAsync).As(names + "ListRequests", "List permission requests", PaddockPolicies.Caller)
            .WithQuery("status", "string", "Only pending, approved or denied ones.").WithQuery("pluginId", "string", "Only those of one plugin.").Produces(200, answers.Requests.Type);
        group.Post("/permissions/requests", RequestAsync).As(names + "RequestPermission", "Ask for a permission", PaddockPolicies.Author)
            .Accepts<PermissionRequestBody>("application/json").Produces(201, answers.Request.Type);
        group.Post("/permissions/requests/{id}/approve", ApproveAsync).As(names + "ApproveRequest", "Approve a permission request", PaddockPolicies.Operator)
            .Accepts<ExpiryBody>("application/json").Produces(200, answers.Permission.Type);
        group.Post("/permissions/requests/{id}/deny", DenyAsync).As(names + "DenyRequest", "Deny a permission request", PaddockPolicies.Operator).Produces(200, answers.Request.Type);
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var resource = Names.Resource(Query.OneOf(context, "resource", "files", "http", "kv", "shell"));
        var grants = await context.Service<IPermissionService>().ListAsync(context.Caller(), resource, Query.Text(context, "pluginId"), context.RequestAborted);
        return answers.Permissions.Ok([.. grants.OrRefuse().Select(PermissionResponse.From)]);
    }

    private async Task<IResult> GrantAsync(HttpContext context)
    {
        var request = PermissionBody.ReadGrant(await context.BodyAsync());
        var grant = (await context.Service<IPermissionService>().GrantAsync(context.Caller(), request, context.RequestAborted)).OrRefuse();
        return Wire.Created(answers.Permission.Wrap(PermissionResponse.From(grant)), $"{root}?pluginId={grant.PluginId}");
    }

    private async Task<IResult> RevokeAsync(HttpContext context, string id)
    {
        await context.NoBodyAsync();
        var grant = (await context.Service<IPermissionService>().RevokeAsync(context.Caller(), id, context.RequestAborted)).OrRefuse();
        return answers.Permission.Ok(PermissionResponse.From(grant));
    }

    private async Task<IResult> RequestsAsync(HttpContext context)
    {
        var status = Names.RequestStatus(Query.OneOf(context, "status", "pending", "approved", "denied"));
        var requests = await context.Service<IPermissionService>().ListRequestsAsync(context.Caller(), status, Query.Text(context, "pluginId"), context.RequestAborted);
        return answers.Requests.Ok([.. requests.OrRefuse().Select(PermissionRequestResponse.From)]);
    }

    private async Task<IResult> RequestAsync(HttpContext context)
    {
        var draft = PermissionBody.ReadRequest(await context.BodyAsync());
        var request = (await context.Service<IPermissionService>().CreateRequestAsync(context.Caller(), draft, context.RequestAborted)).OrRefuse();
        return Wire.Created(answers.Request.Wrap(PermissionRequestResponse.From(request)), $"{root}/requests?pluginId={request.PluginId}");
    }

    private async Task<IResult> ApproveAsync(HttpContext context, string id)
    {
        var expiry = ExpiryBody.ReadAlone(await context.BodyAsync(optional: true));
        var grant = (await context.Service<IPermissionService>().ApproveRequestAsync(context.Caller(), id, expiry, context.RequestAborted)).OrRefuse();
        return answers.Permission.Ok(PermissionResponse.From(grant));
    }

    private async Task<IResult> DenyAsync(HttpContext context, string id)
    {
        await context.NoBodyAsync();
        var request = (await context.Service<IPermissionService>().DenyRequestAsync(context.Caller(), id, context.RequestAborted)).OrRefuse();
        return answers.Request.Ok(PermissionRequestResponse.From(request));
    }
}
