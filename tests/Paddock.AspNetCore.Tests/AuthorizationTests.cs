using System.Net;
using System.Text;

namespace Paddock.AspNetCore.Tests;

/// <summary>Threat 65: one user's or tenant's object reached by another. Walks every operation of the OpenAPI document, so that a new one is covered when it is added.</summary>
public sealed class AuthorizationTests(ServerFixture server)
{
    [Fact]
    public async Task T65_NoToken_EveryOperation_IsUnauthorized()
    {
        foreach (var operation in await OpenApiDocument.OperationsAsync(server))
        {
            var answer = await SendAsync(server.Anonymous, operation, "x");
            Assert.True(answer.Status == HttpStatusCode.Unauthorized, $"{operation} answered {(int)answer.Status}");
        }
    }

    [Fact]
    public async Task T65_LowerRole_EveryOperationThatNeedsMore_IsForbidden()
    {
        int forbidden = 0;
        foreach (var operation in await OpenApiDocument.OperationsAsync(server))
        {
            if (operation.NeedsOperator) await ForbiddenAsync(server.Author, operation);
            if (operation.NeedsOperator || operation.NeedsAuthor) await ForbiddenAsync(server.Agent, operation);
            if (operation.NeedsOperator || operation.NeedsAuthor) forbidden++;
        }

        Assert.True(forbidden >= 20, $"{forbidden} operations need a role");
    }

    [Fact]
    public async Task T65_OtherOwnerAndOtherTenant_EveryOperationOnAnObject_FindsNothing()
    {
        var objects = await ObjectsAsync();
        foreach (var operation in (await OpenApiDocument.OperationsAsync(server)).Where(o => o.NamesAnObject))
        {
            string id = objects.For(operation.Path);
            if (!operation.NeedsOperator) await NothingAsync(server.OtherAuthor, operation, id);
            await NothingAsync(server.OtherTenant, operation, id);
        }

        (await server.Author.GetAsync("/api/plugins/" + objects.Plugin)).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/api/plugins")]
    [InlineData("/api/gitu/plugins")]
    [InlineData("/api/plugins/permissions")]
    [InlineData("/api/gitu/permissions")]
    [InlineData("/api/plugins/permissions/requests")]
    [InlineData("/api/gitu/permissions/requests")]
    public async Task T65_OtherOwnerAndOtherTenant_EveryList_HoldsNothingOfIt(string path)
    {
        var objects = await ObjectsAsync();
        Assert.Contains(objects.Plugin, (await server.Author.GetAsync(path)).Expect(HttpStatusCode.OK).Body, StringComparison.Ordinal);
        foreach (var stranger in new[] { server.OtherAuthor, server.OtherTenant })
            Assert.DoesNotContain(objects.Plugin, (await stranger.GetAsync(path)).Expect(HttpStatusCode.OK).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T65_OtherOwner_AsksForOrGrantsAPermission_FindsNoPlugin()
    {
        var objects = await ObjectsAsync();
        object body = Scenario.Files(objects.Plugin, server.GrantableFolder);
        (await server.OtherTenant.PostAsync("/api/gitu/permissions", body)).Refused(HttpStatusCode.NotFound, "PLUGIN_NOT_FOUND");
        (await server.OtherAuthor.PostAsync("/api/gitu/permissions/requests", new { pluginId = objects.Plugin, resource = "kv", actions = new[] { "read" }, scope = new { allowedKeys = new[] { "*" } }, reason = "mine now" }))
            .Refused(HttpStatusCode.NotFound, "PLUGIN_NOT_FOUND");
    }

    private async Task<Objects> ObjectsAsync()
    {
        string plugin = await server.Author.CreateAsync();
        var grant = (await server.Operator.PostAsync("/api/gitu/permissions", Scenario.Files(plugin, server.GrantableFolder))).Expect(HttpStatusCode.Created);
        var request = (await server.Author.PostAsync("/api/gitu/permissions/requests", new { pluginId = plugin, resource = "kv", actions = new[] { "read" }, scope = new { allowedKeys = new[] { "*" } }, reason = "to remember" })).Expect(HttpStatusCode.Created);
        return new Objects(plugin, (string)grant.Json["permission"]!["id"]!, (string)request.Json["request"]!["id"]!);
    }

    private static async Task ForbiddenAsync(ApiClient client, Operation operation)
    {
        var answer = await SendAsync(client, operation, "x");
        Assert.True(answer.Status == HttpStatusCode.Forbidden, $"{operation} answered {(int)answer.Status}");
        Assert.Equal("ROLE_INSUFFICIENT", answer.Code);
    }

    private static async Task NothingAsync(ApiClient client, Operation operation, string id)
    {
        var answer = await SendAsync(client, operation, id);

        // The audit outlives its plugins, so it is not a member of one: what a stranger may not see is an empty list.
        if (answer.Status == HttpStatusCode.OK && operation.Path.EndsWith("/audit", StringComparison.Ordinal))
        {
            Assert.Empty(answer.Json["items"]!.AsArray());
            return;
        }

        Assert.True(answer.Status == HttpStatusCode.NotFound, $"{operation} answered {(int)answer.Status}: {answer.Body}");
    }

    private static Task<Answer> SendAsync(ApiClient client, Operation operation, string id) =>
        client.SendAsync(operation.Method, operation.With(id), operation.HasBody ? ApiClient.Raw(Encoding.UTF8.GetBytes("{}"), operation.ContentType) : null);

    private sealed record Objects(string Plugin, string Grant, string Request)
    {
        public string For(string path) => path.Contains("/requests/", StringComparison.Ordinal) ? Request
            : path.Contains("/permissions/", StringComparison.Ordinal) ? Grant : Plugin;
    }
}
