using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Paddock.AspNetCore;

/// <summary>Adds to each operation what its handler does not show: query parameters, the token it needs, and its errors.</summary>
internal sealed class OperationTransformer : IOpenApiOperationTransformer
{
    private static readonly (string Status, string Description)[] Errors =
    [
        ("400", "The body, the query or the Host header is malformed; codes and findings say how."),
        ("401", "No token, or one that is not known."),
        ("403", "The token's role does not allow it."),
        ("404", "There is no such thing for this token."),
        ("409", "The state of the thing does not allow it now."),
        ("413", "The body is too large."),
        ("415", "The body is not application/json in UTF-8."),
    ];

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (!metadata.OfType<PaddockMetadata>().Any()) return Task.CompletedTask;
        foreach (var query in metadata.OfType<QueryParameterMetadata>())
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter { Name = query.Name, In = ParameterLocation.Query, Description = query.Description, Schema = new OpenApiSchema { Type = TypeOf(query.Type) } });
        }

        operation.Responses ??= [];
        foreach (var (status, description) in Errors) operation.Responses.TryAdd(status, new OpenApiResponse { Description = description });
        string? policy = metadata.OfType<IAuthorizeData>().Select(a => a.Policy).LastOrDefault();
        operation.Description = policy switch
        {
            PaddockPolicies.Operator or PaddockPolicies.Admin => "Needs an operator's token.",
            PaddockPolicies.Author => "Needs an author's or an operator's token.",
            _ => "Needs any token.",
        };
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentTransformer.SecurityScheme, context.Document)] = [] }];
        return Task.CompletedTask;
    }

    private static JsonSchemaType TypeOf(string name) => name switch
    {
        "boolean" => JsonSchemaType.Boolean,
        "integer" => JsonSchemaType.Integer,
        _ => JsonSchemaType.String,
    };
}
