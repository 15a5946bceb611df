namespace Fogbank.Wire.Protocols;

/// <summary>Puts finished or streaming bodies into an answer.</summary>
internal static class ResponseBody
{
    private const int CopyBytes = 64 * 1024;

    /// <summary>A body that is ready: its length is announced, so the connection can be kept.</summary>
    public static async ValueTask WriteAsync(IWireResponse response, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (!response.IsBodyless && response.Status is not (204 or 304))
        {
            response.Headers.ContentLength = body.Length;
            if (!body.IsEmpty)
            {
                // In one step: taking a span first fails where the connection's memory pool takes "0 bytes or more" at its word.
                await response.Body.WriteAsync(body, cancellationToken);
                return;
            }
        }

        await response.Body.FlushAsync(cancellationToken);
    }

    /// <summary>Copies as fast as the client takes it, and disposes the source.</summary>
    public static async ValueTask CopyAsync(IWireResponse response, Stream source, CancellationToken cancellationToken)
    {
        await using (source)
        {
            if (response.IsBodyless || response.Status is 204 or 304)
            {
                await response.Body.FlushAsync(cancellationToken);
                return;
            }

            if (response.Headers.ContentLength is null && source.CanSeek)
            {
                response.Headers.ContentLength = source.Length - source.Position;
            }

            while (true)
            {
                var read = await source.ReadAsync(response.Body.GetMemory(CopyBytes), cancellationToken);
                if (read == 0)
                {
                    await response.Body.FlushAsync(cancellationToken);
                    return;
                }

                response.Body.Advance(read);
                var flushed = await response.Body.FlushAsync(cancellationToken);
                if (flushed.IsCompleted || flushed.IsCanceled)
                {
                    return;
                }
            }
        }
    }
}
