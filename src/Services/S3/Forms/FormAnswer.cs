using System.Security;
using System.Text;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Services.S3.Forms;

/// <summary>How S3 answers an upload form: 204, or what its fields ask for.</summary>
internal static class FormAnswer
{
    public static async Task WriteAsync(
        HttpContext http, RequestContext context, FormFields form, string bucket, string key, string etag, CancellationToken cancellationToken)
    {
        var response = http.Response;
        var tag = EntityTag.Quote(etag);
        var location = $"{context.Endpoint.GetLeftPart(UriPartial.Authority)}/{bucket}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}";
        response.Headers.ETag = tag;
        response.Headers["x-amz-request-id"] = context.RequestId;
        response.Headers["x-amz-server-side-encryption"] = RequestFacts.Encryption;
        if (RedirectOf(form, bucket, key, tag) is { } redirect)
        {
            response.StatusCode = StatusCodes.Status303SeeOther;
            response.Headers.Location = redirect;
            return;
        }

        response.Headers.Location = location;
        switch (form["success_action_status"])
        {
            case "200":
                response.StatusCode = StatusCodes.Status200OK;
                response.ContentLength = 0;
                break;
            case "201":
                var xml = Encoding.UTF8.GetBytes(
                    $"""
                    <?xml version="1.0" encoding="UTF-8"?>
                    <PostResponse><Location>{Escape(location)}</Location><Bucket>{Escape(bucket)}</Bucket><Key>{Escape(key)}</Key><ETag>{Escape(tag)}</ETag></PostResponse>
                    """);
                response.StatusCode = StatusCodes.Status201Created;
                response.ContentType = "application/xml";
                response.ContentLength = xml.Length;
                await response.Body.WriteAsync(xml, cancellationToken);
                break;
            default:
                response.StatusCode = StatusCodes.Status204NoContent;
                break;
        }
    }

    /// <summary>Where the form sends the browser. What is no address is ignored, as S3 does.</summary>
    private static string? RedirectOf(FormFields form, string bucket, string key, string tag)
    {
        var field = form["success_action_redirect"] ?? form["redirect"];
        if (!Uri.TryCreate(field, UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https"))
        {
            return null;
        }

        var query = $"bucket={Uri.EscapeDataString(bucket)}&key={Uri.EscapeDataString(key)}&etag={Uri.EscapeDataString(tag)}";
        return new UriBuilder(target) { Query = target.Query.Length > 1 ? $"{target.Query[1..]}&{query}" : query }.Uri.AbsoluteUri;
    }

    private static string Escape(string text) => SecurityElement.Escape(text) ?? "";
}
