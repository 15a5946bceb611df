using Microsoft.AspNetCore.Http;

namespace Fogbank.Kernel;

/// <summary>
/// Takes a browser's form upload: <c>POST</c> of <c>multipart/form-data</c> at a bucket, which is no operation of the model. Implemented by
/// S3.
/// </summary>
public interface IFormUpload
{
    /// <summary>Reads the form and stores its file. Errors for the client are <see cref="AwsException"/>; a success is written to the response.</summary>
    /// <param name="bucket">The bucket of the host name or path.</param>
    /// <param name="http">The request, its body unread. The form carries the credentials, so nobody has authenticated it.</param>
    /// <param name="context">Anonymous scope, request id and endpoint of the request.</param>
    /// <param name="cancellationToken">The client left.</param>
    Task HandleAsync(string bucket, HttpContext http, RequestContext context, CancellationToken cancellationToken);
}
