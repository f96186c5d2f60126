using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Paddock.AspNetCore;

/// <summary>What the OpenAPI document says of the interfaces as a whole.</summary>
internal sealed class DocumentTransformer : IOpenApiDocumentTransformer
{
    public const string SecurityScheme = "bearer";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Paddock",
            Version = "v1",
            Description = "Plugins, calls and consent. /api/plugins is the native interface to plugins that are posted as code, /api/packages to installed ones, /api/host to what concerns all of them, /api/jobs to what they run by the clock, /api/replays to their recorded calls, /api/contributions to what they contribute; /api/gitu is Gitu's, /api/v1/plugins GoatKit's.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes[SecurityScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An author's or an operator's token, in the Authorization header.",
        };
        return Task.CompletedTask;
    }
}
