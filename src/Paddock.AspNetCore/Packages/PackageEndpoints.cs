using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Paddock.Policy;

namespace Paddock.AspNetCore;

/// <summary><c>/api/packages</c>: installed packages by name. Authors install and look; operators approve, configure, replace and remove.</summary>
internal static class PackageEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.Get("", ListAsync).As("ListPackages", "List installed packages and those that wait for review", PaddockPolicies.Author).Produces<ListResponse<PackageResponse>>();
        group.Post("", InstallAsync).As("InstallPackage", "Install a package, or a new version of one: a .zip, .wasm or .js as the body, or as the part plugin of a form", PaddockPolicies.Author, PaddockEndpoint.LongestCall)
            .WithQuery("name", "string", "File name of a package that is the body.").Accepts<byte[]>("application/zip", "application/wasm", "text/javascript", "application/octet-stream", "multipart/form-data").Produces<InstallResponse>(201);
        group.Get("/{name}", GetAsync).As("GetPackage", "Get a package", PaddockPolicies.Author).Produces<PackageResponse>();
        group.Delete("/{name}", UninstallAsync).As("UninstallPackage", "Uninstall a package; its values are kept for 30 days", PaddockPolicies.Operator)
            .WithQuery("purge", "boolean", "Whether its values go at once too.").Produces<PackageResponse>();
        group.Get("/{name}/policy", ExplainAsync).As("GetPolicy", "Get the policy of a package, and who asked, who granted, and why not", PaddockPolicies.Author).Produces<PolicyResponse>();
        group.Put("/{name}/policy", SetPolicyAsync).As("SetPolicy", "Approve, restrict or block what was reviewed", PaddockPolicies.Operator).Accepts<PolicyBody>("application/json").Produces<PackageResponse>();
        group.Get("/{name}/proposal", ProposeAsync).As("ProposePolicy", "Get the least policy that covers what was used", PaddockPolicies.Operator).Produces<ProposalResponse>();
        group.Post("/{name}/enable", (HttpContext c, string name) => EnableAsync(c, name, true)).As("EnablePackage", "Let a package run, also out of quarantine", PaddockPolicies.Operator, PaddockEndpoint.LongestCall).Produces<PackageResponse>();
        group.Post("/{name}/disable", (HttpContext c, string name) => EnableAsync(c, name, false)).As("DisablePackage", "Stop a package", PaddockPolicies.Operator).Produces<PackageResponse>();
        group.Post("/{name}/rollback", RollbackAsync).As("RollbackPackage", "Bring back a version that served before", PaddockPolicies.Operator, PaddockEndpoint.LongestCall).Accepts<RollbackBody>("application/json").Produces<PackageResponse>();
        group.Get("/{name}/config", ConfigAsync).As("GetConfig", "Get the config in force and its schema", PaddockPolicies.Operator).Produces<ConfigResponse>();
        group.Put("/{name}/config", ConfigureAsync).As("SetConfig", "Set the config", PaddockPolicies.Operator).Accepts<JsonElement>("application/json").Produces<PackageResponse>();
        group.Put("/{name}/secrets/{secret}", SetSecretAsync).As("SetSecret", "Set a secret; it can never be read back", PaddockPolicies.Operator).Accepts<SecretBody>("application/json").Produces<PackageResponse>();
        group.Delete("/{name}/secrets/{secret}", DeleteSecretAsync).As("DeleteSecret", "Remove a secret", PaddockPolicies.Operator).Produces<PackageResponse>();
        group.Post("/{name}/call/{function}", CallAsync).As("CallFunction", "Call a function: an export, one behind a contribution on its terms, any for operators", PaddockPolicies.Caller, PaddockEndpoint.LongestCall)
            .WithQuery("timeoutMs", "integer", "200 to 300,000.").Accepts<JsonElement>("application/json").Produces<FunctionResponse>();
    }

    private static IPackageService Packages(HttpContext context) => context.Service<IPackageService>();

    private static IResult Ok(Result<PackageRecord> result) => Wire.Ok(PackageResponse.From(result.OrRefuse()));

    private static async Task<IResult> ListAsync(HttpContext context) =>
        Wire.Ok(new ListResponse<PackageResponse>([.. (await Packages(context).ListAsync(context.Caller(), context.RequestAborted)).OrRefuse().Select(PackageResponse.From)]));

    private static async Task<IResult> InstallAsync(HttpContext context)
    {
        var outcome = (await Packages(context).InstallAsync(context.Caller(), await PackageUpload.ReadAsync(context), context.RequestAborted)).OrRefuse();
        return Wire.Created(InstallResponse.From(outcome), $"{Routes.Packages}/{Uri.EscapeDataString(outcome.Package.Name)}");
    }

    private static async Task<IResult> GetAsync(HttpContext context, string name) => Ok(await Packages(context).GetAsync(context.Caller(), name, context.RequestAborted));

    private static async Task<IResult> UninstallAsync(HttpContext context, string name)
    {
        await context.NoBodyAsync();
        return Ok(await Packages(context).UninstallAsync(context.Caller(), name, Query.Flag(context, "purge") ?? false, context.RequestAborted));
    }

    private static async Task<IResult> ExplainAsync(HttpContext context, string name) =>
        Wire.Ok(PolicyResponse.From((await Packages(context).ExplainAsync(context.Caller(), name, context.RequestAborted)).OrRefuse()));

    private static async Task<IResult> SetPolicyAsync(HttpContext context, string name)
    {
        var (policy, reviewed) = PolicyBody.Read(await context.BodyAsync());
        return Ok(await Packages(context).SetPolicyAsync(context.Caller(), name, policy, reviewed, context.RequestAborted));
    }

    private static async Task<IResult> ProposeAsync(HttpContext context, string name)
    {
        var policy = (await Packages(context).ProposeAsync(context.Caller(), name, context.RequestAborted)).OrRefuse();
        return Wire.Ok(new ProposalResponse(JsonElement.Parse(PolicyJson.Write(policy))));
    }

    private static async Task<IResult> EnableAsync(HttpContext context, string name, bool enabled)
    {
        await context.NoBodyAsync();
        return Ok(await Packages(context).EnableAsync(context.Caller(), name, enabled, context.RequestAborted));
    }

    private static async Task<IResult> RollbackAsync(HttpContext context, string name)
    {
        var body = new BodyReader(await context.BodyAsync(optional: true));
        string? digest = body.Text("digest");
        body.Finish();
        return Ok(await Packages(context).RollbackAsync(context.Caller(), name, digest, context.RequestAborted));
    }

    private static async Task<IResult> ConfigAsync(HttpContext context, string name)
    {
        var config = (await Packages(context).GetConfigAsync(context.Caller(), name, context.RequestAborted)).OrRefuse();
        return Wire.Ok(new ConfigResponse(config.Config, config.Schema));
    }

    private static async Task<IResult> ConfigureAsync(HttpContext context, string name) =>
        Ok(await Packages(context).ConfigureAsync(context.Caller(), name, await context.BodyAsync(), context.RequestAborted));

    private static async Task<IResult> SetSecretAsync(HttpContext context, string name, string secret)
    {
        string value = SecretBody.Read(await context.BodyAsync());
        return Ok(await Packages(context).SetSecretAsync(context.Caller(), name, secret, value, context.RequestAborted));
    }

    private static async Task<IResult> DeleteSecretAsync(HttpContext context, string name, string secret)
    {
        await context.NoBodyAsync();
        return Ok(await Packages(context).SetSecretAsync(context.Caller(), name, secret, null, context.RequestAborted));
    }

    private static async Task<IResult> CallAsync(HttpContext context, string name, string function)
    {
        int? timeout = Query.Text(context, "timeoutMs") is null ? null : Query.Number(context, "timeoutMs", 0, 200, 300_000);
        var outcome = (await DirectCalls.CallAsync(context, name, function, timeout)).OrRefuse();
        return Wire.Ok(FunctionResponse.From(outcome));
    }
}
