using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Paddock.Packaging;

namespace Paddock.AspNetCore;

/// <summary>Reads an uploaded package into memory: as the whole body, or as the part <c>plugin</c> of a form (with its signature in a part <c>signature</c>).</summary>
internal static class PackageUpload
{
    private const int MostParts = 8;
    private const int LongestBoundary = 70;
    private const int SignatureBytes = 64 << 10;
    private const int Framing = 64 << 10;

    public static async Task<PackageSource> ReadAsync(HttpContext context, bool formOnly = false)
    {
        int most = context.Service<IOptions<PaddockHttpOptions>>().Value.MaxPackageBytes;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = (long)most + Framing;
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)) throw ApiErrors.PackageType.AsException();
        if (type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)) return await FormAsync(context, type, most).ConfigureAwait(false);
        string? extension = formOnly ? null : type.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/zip" or "application/x-zip-compressed" => ".zip",
            "application/wasm" => ".wasm",
            "text/javascript" or "application/javascript" => ".js",
            "application/octet-stream" => "",
            _ => null,
        };
        if (extension is null) throw ApiErrors.PackageType.AsException();
        string name = Query.Text(context, "name") ?? "package" + extension;
        return PackageSource.FromBytes(name, await BytesAsync(context.Request.Body, most, context.RequestAborted).ConfigureAwait(false));
    }

    private static async Task<PackageSource> FormAsync(HttpContext context, MediaTypeHeaderValue type, int most)
    {
        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > LongestBoundary) throw ApiErrors.PackageType.AsException();
        var reader = new MultipartReader(boundary, context.Request.Body) { HeadersCountLimit = 8, HeadersLengthLimit = 4096 };
        (string Name, byte[] Content)? package = null;
        byte[]? signature = null;
        for (int i = 0; await NextAsync(reader, context.RequestAborted).ConfigureAwait(false) is { } part; i++)
        {
            if (i >= MostParts || !ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition)) throw ApiErrors.FormInvalid.AsException();
            string field = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
            if (field == "plugin" && package is null)
                package = (FileName(disposition), await BytesAsync(part.Body, most, context.RequestAborted).ConfigureAwait(false));
            else if (field == "signature" && signature is null)
                signature = await BytesAsync(part.Body, SignatureBytes, context.RequestAborted).ConfigureAwait(false);
            else throw ApiErrors.FormInvalid.AsException();
        }

        return package is var (name, content) ? PackageSource.FromBytes(name, content, signature) : throw ApiErrors.FormInvalid.AsException();
    }

    // A form that is malformed is the client's doing; the reader says so with exceptions of the machine.
    private static async Task<MultipartSection?> NextAsync(MultipartReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadNextSectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw ApiErrors.FormInvalid.AsException();
        }
    }

    private static string FileName(ContentDispositionHeaderValue disposition)
    {
        string name = HeaderUtilities.RemoveQuotes(disposition.FileName).ToString();
        return name.Length is > 0 and <= 200 && !name.Any(char.IsControl) ? name : throw ApiErrors.FormInvalid.AsException();
    }

    private static async Task<byte[]> BytesAsync(Stream stream, int most, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        byte[] buffer = new byte[64 << 10];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (bytes.Length + read > most) throw ApiErrors.BodyTooLarge.AsException();
            bytes.Write(buffer, 0, read);
        }

        return bytes.ToArray();
    }
}
