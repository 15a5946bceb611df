using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using CsCheck;
using Fogbank.Kernel;
using Fogbank.Wire.Dns;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fogbank.Tests.Unit.Wire.Dns;

public class NameServerTests
{
    private static readonly NetworkNames Names = new(IPNetwork.Parse("172.31.0.0/16"), "ec2.internal");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ip-172-31-0-5.ec2.internal", "172.31.0.5")]
    [InlineData("IP-172-31-255-1.EC2.Internal", "172.31.255.1")]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("my-bucket.s3.localhost", "127.0.0.1")]
    [InlineData("lambda.us-east-1.amazonaws.com", "127.0.0.1")]
    public async Task Own_names_are_answered(string name, string address)
    {
        var answer = await AskAsync(name, DnsMessage.TypeA);

        Assert.Equal(0, Code(answer));
        Assert.Equal(1, Count(answer));
        Assert.Equal(IPAddress.Parse(address), new IPAddress(answer.AsSpan(answer.Length - 4)));
    }

    [Theory]
    [InlineData("ip-10-0-0-1.ec2.internal")]
    [InlineData("ip-172-31-0-256.ec2.internal")]
    [InlineData("ip-172-31-0-05.ec2.internal")]
    [InlineData("db.ec2.internal")]
    public async Task Names_that_the_network_does_not_have_do_not_exist(string name) => Assert.Equal(3, Code(await AskAsync(name, DnsMessage.TypeA)));

    [Fact]
    public async Task A_type_that_an_own_name_lacks_is_an_empty_answer()
    {
        const int ipv6 = 28;
        var answer = await AskAsync("localhost", ipv6);

        Assert.Equal(0, Code(answer));
        Assert.Equal(0, Count(answer));
    }

    [Fact]
    public async Task Addresses_of_the_network_have_names()
    {
        var answer = await AskAsync("5.0.31.172.in-addr.arpa", DnsMessage.TypePtr);

        Assert.True(answer.AsSpan().EndsWith(DnsMessage.Encode("ip-172-31-0-5.ec2.internal")));
    }

    [Theory]
    [InlineData("notlocalhost")]
    [InlineData("xec2.internal")]
    [InlineData("1.2.3.10.in-addr.arpa")]
    public async Task Other_names_are_for_the_resolvers_of_the_machine(string name) => Assert.Equal(DnsMessage.ServerFailure, Code(await AskAsync(name, DnsMessage.TypeA)));

    [Fact]
    public async Task Answers_of_resolvers_come_back_under_the_askers_number()
    {
        using Socket resolver = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        resolver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var query = Query("example.org", DnsMessage.TypeA);
        var asking = ServerAt((IPEndPoint)resolver.LocalEndPoint!, TimeProvider.System).AnswerAsync(query, byConnection: false, Names, Cancelled).AsTask();
        var buffer = new byte[512];
        var asked = await resolver.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), Cancelled);
        var answer = DnsMessage.Answer(buffer.AsSpan(0, asked.ReceivedBytes), DnsMessage.ReadQuestion(buffer)!.Value, DnsMessage.TypeA, [192, 0, 2, 7]);

        // One that was guessed, first: it must not be taken.
        var guess = answer.ToArray();
        guess[0] ^= 1;
        guess[^1] = 66;
        await resolver.SendToAsync(guess, asked.RemoteEndPoint, Cancelled);
        await resolver.SendToAsync(answer, asked.RemoteEndPoint, Cancelled);
        var received = await asking;

        Assert.Equal(query[..2], received![..2]);
        Assert.Equal(7, received[^1]);
    }

    [Fact]
    public async Task A_resolver_that_does_not_answer_is_a_failure_in_time()
    {
        using Socket resolver = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        resolver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        FakeTimeProvider time = new();
        var asking = ServerAt((IPEndPoint)resolver.LocalEndPoint!, time).AnswerAsync(Query("example.org", DnsMessage.TypeA), byConnection: false, Names, Cancelled).AsTask();
        await resolver.ReceiveAsync(new byte[512], Cancelled);

        time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(DnsMessage.ServerFailure, Code((await asking)!));
    }

    [Fact]
    public async Task Both_kinds_of_socket_are_served_until_the_end()
    {
        Socket datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        datagrams.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var served = ServerAt(null, TimeProvider.System).Serve(_ => ValueTask.FromResult<Socket?>(datagrams), async cancellationToken => await listener.AcceptAsync(cancellationToken), Names);
        var query = Query("localhost", DnsMessage.TypeA);

        using Socket asker = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var buffer = new byte[512];
        await asker.SendToAsync(query, datagrams.LocalEndPoint!, Cancelled);
        var datagram = await asker.ReceiveAsync(buffer, Cancelled);
        using TcpClient connection = new();
        await connection.ConnectAsync((IPEndPoint)listener.LocalEndPoint!, Cancelled);
        await DnsStream.WriteAsync(connection.GetStream(), query, Cancelled);
        var message = await DnsStream.ReadAsync(connection.GetStream(), Cancelled);
        await served.DisposeAsync();

        Assert.Equal(buffer[..datagram], message);
        Assert.Null(await DnsStream.ReadAsync(connection.GetStream(), Cancelled));
    }

    [Fact]
    public void No_message_breaks_it() => Gen.Byte.Array[0, 80].Sample(bytes =>
    {
        if (DnsMessage.ReadQuestion(bytes) is { } question)
        {
            Assert.InRange(question.End, DnsMessage.HeaderSize + 5, bytes.Length);
            OwnNames.TryAnswer(bytes, question, Names);
        }
        if (bytes.Length >= DnsMessage.HeaderSize)
        {
            Assert.Equal(2, Code(DnsMessage.Failure(bytes, 2)));
        }
    });

    [Fact]
    public void Resolvers_are_read_as_the_machine_reads_them() => Assert.Equal(
        [new IPEndPoint(IPAddress.Parse("10.0.0.1"), 53), new IPEndPoint(IPAddress.IPv6Loopback, 53)],
        HostResolvers.Parse(["# comment", "search example.org", "nameserver 10.0.0.1", "nameserver\t::1 # local", "nameserver nonsense"]));

    private static NameServer ServerAt(IPEndPoint? resolver, TimeProvider time) => new(new Forwarder(() => resolver is null ? [] : [resolver], time), time);

    private static async Task<byte[]> AskAsync(string name, int type) =>
        (await ServerAt(null, TimeProvider.System).AnswerAsync(Query(name, type), byConnection: false, Names, Cancelled))!;

    private static byte[] Query(string name, int type)
    {
        byte[] message = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. DnsMessage.Encode(name), 0, (byte)type, 0, 1];
        return message;
    }

    private static int Code(byte[] answer) => answer[3] & 15;

    private static int Count(byte[] answer) => BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6));
}
