using Fogbank.Contracts;
using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

/// <summary>An operation whose answer follows from the request and the bucket's record.</summary>
internal abstract class BucketOperation<TRequest, TResponse>(S3Store store) : IOperation<TRequest, TResponse>
    where TRequest : Shape, IShape<TRequest>, IRequest<TResponse>, IBucketRequest
    where TResponse : Shape
{
    public async ValueTask<TResponse> HandleAsync(TRequest request, RequestContext context, CancellationToken cancellationToken) =>
        Answer(request, (await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken)).Record);

    protected abstract TResponse Answer(TRequest request, BucketRecord bucket);
}

/// <summary>The answer to who asks for a configuration that no bucket can have yet: AWS's for a bucket that has none.</summary>
internal abstract class UnsetConfiguration<TRequest, TResponse>(S3Store store, ErrorCode code, string message)
    : BucketOperation<TRequest, TResponse>(store)
    where TRequest : Shape, IShape<TRequest>, IRequest<TResponse>, IBucketRequest
    where TResponse : Shape
{
    protected override TResponse Answer(TRequest request, BucketRecord bucket) =>
        throw S3Errors.ConfigurationNotFound(code, message, bucket.Name);
}

/// <inheritdoc cref="UnsetConfiguration{TRequest, TResponse}"/>
/// <remarks>For configurations of which a bucket may have several, each with an id.</remarks>
internal abstract class UnsetConfigurationById<TRequest, TResponse>(S3Store store)
    : UnsetConfiguration<TRequest, TResponse>(store, S3ErrorCodes.NoSuchConfiguration, "The specified configuration does not exist.")
    where TRequest : Shape, IShape<TRequest>, IRequest<TResponse>, IBucketRequest
    where TResponse : Shape;
