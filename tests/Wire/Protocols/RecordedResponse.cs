using System.IO.Pipelines;
using System.Text;
using Fogbank.Wire.Protocols;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Tests.Wire.Protocols;

/// <summary>An answer kept in memory.</summary>
internal sealed class RecordedResponse : IWireResponse, IDisposable
{
    private readonly MemoryStream _body = new();

    public RecordedResponse() => Body = PipeWriter.Create(_body, new StreamPipeWriterOptions(leaveOpen: true));

    public int Status { get; set; } = 200;

    public IHeaderDictionary Headers { get; } = new HeaderDictionary();

    public PipeWriter Body { get; }

    public string RequestId => "11111111-2222-4333-8444-555555555555";

    public string? HostId => "hostid";

    public bool IsBodyless { get; init; }

    public byte[] Bytes => _body.ToArray();

    public string Text => Encoding.UTF8.GetString(Bytes);

    public void Dispose() => _body.Dispose();
}
