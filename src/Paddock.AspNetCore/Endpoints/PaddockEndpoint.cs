using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Paddock.AspNetCore;

/// <summary>What all endpoints have in common.</summary>
internal static class PaddockEndpoint
{
    /// <summary>More than any call of a plugin takes.</summary>
    public static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(5);

    /// <summary>A group under <paramref name="prefix"/> whose failures are answers, whose time is bounded, and which the OpenAPI document lists under <paramref name="tag"/>.</summary>
    public static RouteGroupBuilder MapPaddockGroup(this IEndpointRouteBuilder endpoints, string prefix, string tag)
    {
        var group = endpoints.MapGroup(prefix).WithTags(tag).WithMetadata(new PaddockMetadata());
        group.AddEndpointFilterFactory((_, next) =>
        {
            FailureFilter? filter = null;
            return context => (filter ??= ActivatorUtilities.CreateInstance<FailureFilter>(context.HttpContext.RequestServices)).InvokeAsync(context, next);
        });
        return group;
    }

    public static RouteHandlerBuilder Get(this IEndpointRouteBuilder endpoints, string path, Delegate handler) => endpoints.MapGet(path, handler);

    public static RouteHandlerBuilder Post(this IEndpointRouteBuilder endpoints, string path, Delegate handler) => endpoints.MapPost(path, handler);

    public static RouteHandlerBuilder Put(this IEndpointRouteBuilder endpoints, string path, Delegate handler) => endpoints.MapPut(path, handler);

    public static RouteHandlerBuilder Delete(this IEndpointRouteBuilder endpoints, string path, Delegate handler) => endpoints.MapDelete(path, handler);

    /// <summary>Requires a policy, names the operation, and bounds its time by <paramref name="timeout"/> or the application's default.</summary>
    public static RouteHandlerBuilder As(this RouteHandlerBuilder endpoint, string name, string summary, string policy, TimeSpan? timeout = null) =>
        endpoint.WithName(name).WithSummary(summary).RequireAuthorization(policy).AddEndpointFilter((context, next) =>
        {
            var services = context.HttpContext.RequestServices;
            var options = services.GetRequiredService<IOptions<PaddockHttpOptions>>().Value;
            var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
            return new TimeoutFilter(options.RequestTimeout + (timeout ?? TimeSpan.Zero), time).InvokeAsync(context, next);
        });

    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder endpoint, string name, string type, string description) =>
        endpoint.WithMetadata(new QueryParameterMetadata(name, type, description));

    public static Task<JsonElement> BodyAsync(this HttpContext context, bool optional = false) =>
        RequestBody.ReadAsync(context, context.RequestServices.GetRequiredService<IOptions<PaddockHttpOptions>>().Value.MaxBodyBytes, optional);

    /// <summary>For operations without input: an absent body, or an empty object.</summary>
    public static async Task NoBodyAsync(this HttpContext context) => new BodyReader(await context.BodyAsync(optional: true).ConfigureAwait(false)).Finish();

    public static T Service<T>(this HttpContext context) where T : notnull => context.RequestServices.GetRequiredService<T>();
}

/// <summary>Marks an endpoint as Paddock's.</summary>
internal sealed record PaddockMetadata;

/// <summary>A query parameter that an endpoint reads itself, for the OpenAPI document.</summary>
internal sealed record QueryParameterMetadata(string Name, string Type, string Description);
