namespace Fogbank.Engines.Linux.Native;

/// <summary>Numbers of the Linux interface that are the same on every 64-bit architecture Fogbank runs on.</summary>
internal static class Const
{
    internal const int AtFdCwd = -100;
    internal const int AtRecursive = 0x8000;
    internal const int AtRemoveDir = 0x200;

    internal const int ORdOnly = 0, OWrOnly = 1, ORdWr = 2, OCreate = 0x40, OCloExec = 0x80000, ONonBlock = 0x800;

    internal static readonly int ODirectory =
        System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? 0x4000 : 0x10000;

    internal const long CloneNewNs = 0x20000, CloneNewCgroup = 0x2000000, CloneNewUts = 0x4000000, CloneNewIpc = 0x8000000,
        CloneNewUser = 0x10000000, CloneNewPid = 0x20000000, CloneNewNet = 0x40000000, CloneIntoCgroup = 0x200000000;

    internal const long MsRdOnly = 1, MsNoSuid = 2, MsNoDev = 4, MsNoExec = 8, MsRemount = 32, MsBind = 4096, MsRec = 16384, MsPrivate = 1 << 18, MsSlave = 1 << 19;
    internal const int MountAttrRdOnly = 1, MountAttrNoSuid = 2, MountAttrNoDev = 4, MountAttrNoExec = 8;
    internal const int MntDetach = 2;
    internal const int MoveMountFromEmptyPath = 4;

    internal const int PrSetParentDeathSignal = 1, PrSetDumpable = 4, PrCapBoundingSetDrop = 24, PrSetNoNewPrivileges = 38;

    internal const int SigHup = 1, SigKill = 9, SigTerm = 15, SigChld = 17;

    internal const int EPerm = 1, ENoEnt = 2, EIntr = 4, ENoExec = 8, EAgain = 11, ENoMem = 12, EAcces = 13, EBusy = 16, EExist = 17,
        ENotDir = 20, EInval = 22, ENFile = 23, EMFile = 24, ENoSpc = 28, EPipe = 32, ELoop = 40, ENoSys = 38;

    internal const int AfUnix = 1, AfInet = 2, SockStream = 1, SockDgram = 2, SockSeqPacket = 5, SockCloExec = 0x80000, SolSocket = 1;

    internal const int PollIn = 1, PollErr = 8, PollHup = 16;
    internal const uint EpollIn = 1, EpollErr = 8, EpollHup = 16, EpollOneShot = 1u << 30;
    internal const int EpollAdd = 1, EpollDelete = 2, EpollModify = 3;

    internal const int RlimitCore = 4, RlimitNProc = 6, RlimitNoFile = 7, RlimitMemLock = 8, RlimitAs = 9, RlimitMsgQueue = 12;
}
