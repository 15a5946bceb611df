using Microsoft.AspNetCore.Http;

namespace Fogbank.Wire.WebProtection;

/// <summary>The headers by which a browser lets an allowed page read an answer.</summary>
internal static class CorsAnswer
{
    private const string AllMethods = "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS";

    public static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.ContainsKey("Access-Control-Request-Method") && request.Headers.ContainsKey("Origin");

    /// <summary>For a page that the settings let in.</summary>
    public static void Allow(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = context.Request.Headers.Origin;
        headers.Vary = "Origin";
        headers.AccessControlExposeHeaders = "*, ETag, x-amzn-RequestId, x-amz-request-id, x-amzn-ErrorType, x-amz-function-error, x-amz-log-result";
        if (IsPreflight(context.Request))
        {
            headers.AccessControlAllowMethods = AllMethods;
            headers.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders;
            headers.AccessControlMaxAge = "600";
            if (context.Request.Headers.ContainsKey("Access-Control-Request-Private-Network"))
            {
                headers["Access-Control-Allow-Private-Network"] = "true";
            }
        }
    }
}
