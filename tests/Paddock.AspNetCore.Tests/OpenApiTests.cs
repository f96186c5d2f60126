using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Paddock.AspNetCore.Tests;

public sealed class OpenApiTests(ServerFixture server)
{
    [Fact]
    public async Task Document_ListsBothInterfacesWhole()
    {
        var operations = (await OpenApiDocument.OperationsAsync(server)).Select(o => o.ToString()).ToHashSet();
        string[] shared = ["GET ", "POST ", "POST /validate", "GET /{id}", "PUT /{id}", "DELETE /{id}", "POST /{id}/execute", "GET /{id}/executions"];
        string[] consent = ["GET ", "POST ", "POST /{id}/revoke", "GET /requests", "POST /requests", "POST /requests/{id}/approve", "POST /requests/{id}/deny"];
        foreach (var (plugins, permissions) in new[] { ("/api/gitu/plugins", "/api/gitu/permissions"), ("/api/plugins", "/api/plugins/permissions") })
        {
            Assert.All(shared, s => Assert.Contains(At(s, plugins), operations));
            Assert.All(consent, s => Assert.Contains(At(s, permissions), operations));
        }
    }

    [Fact]
    public async Task EveryOperation_NamesItsTokenAndErrors()
    {
        foreach (var operation in await OpenApiDocument.OperationsAsync(server))
        {
            Assert.NotNull(operation.Node["security"]);
            Assert.NotNull(operation.Node["operationId"]);
            Assert.All(["400", "401", "403", "404"], status => Assert.NotNull(operation.Node["responses"]![status]));
        }
    }

    [Fact]
    public void EveryEndpoint_HasAPolicyOrSaysThatItNeedsNone()
    {
        var endpoints = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        Assert.NotEmpty(endpoints);
        Assert.All(endpoints, e => Assert.True(
            e.Metadata.GetMetadata<IAllowAnonymous>() is not null || e.Metadata.GetMetadata<IAuthorizeData>()?.Policy is not null, e.DisplayName));
        Assert.All(endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null), e => Assert.Matches("^/(health|openapi|plugins/{plugin}/(static|assets))/", e.RoutePattern.RawText));
    }

    private static string At(string operation, string root)
    {
        int space = operation.IndexOf(' ', StringComparison.Ordinal);
        return $"{operation[..space]} {root}{operation[(space + 1)..]}";
    }
}
