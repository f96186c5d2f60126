// Stands in until the strict decoder and the validator land; delete both zz_ files then.
#pragma warning disable
namespace Paddock.Wasm;
/// <summary>stub</summary>
public static class ModuleDecoder {
 /// <summary>stub</summary>
 public static DecodedModule Decode(ReadOnlyMemory<byte> bytes) {
  var m=new DecodedModule(bytes); var r=new InstructionReader(bytes.Span,8,bytes.Length);
  SizeLimits Lim(ref InstructionReader q){var f=q.ReadByte();var mi=q.ReadU32();return new SizeLimits(mi,f==1?q.ReadU32():null);}
  string Name(ref InstructionReader q)=>System.Text.Encoding.UTF8.GetString(q.ReadBytes(q.ReadU32()));
  ConstExpr Ce(ref InstructionReader q){int s=q.Position;while(true){int op=q.ReadByte();if(op==0x0b)break;switch(op){case 0x41:q.ReadS32();break;case 0x42:q.ReadS64();break;case 0x43:q.ReadF32Bits();break;case 0x44:q.ReadF64Bits();break;default:q.ReadU32();break;}}return new ConstExpr(s,q.Position-s);}
  while(!r.AtEnd){int id=r.ReadByte();uint size=r.ReadU32();int end=r.Position+(int)size;
   if(id==0){r.Position=end;continue;}
   uint n=id==8||id==12?r.ReadU32():r.ReadU32();
   if(id==8){m.Start=n;continue;} if(id==12){m.DataCount=n;continue;}
   for(uint i=0;i<n;i++){switch(id){
    case 1:{r.ReadByte();var p=new List<ValueType>();var q=new List<ValueType>();for(uint k=r.ReadU32();k>0;k--)p.Add((ValueType)r.ReadByte());for(uint k=r.ReadU32();k>0;k--)q.Add((ValueType)r.ReadByte());m.Types.Add(new FuncType(p,q));break;}
    case 2:{var mo=Name(ref r);var na=Name(ref r);var k=(ExternKind)r.ReadByte();uint ti=0;TableType t=default;SizeLimits me=default;GlobalType g=default;
      switch(k){case ExternKind.Function:ti=r.ReadU32();m.Functions.Add(ti);break;case ExternKind.Table:t=new TableType((ValueType)r.ReadByte(),Lim(ref r));m.Tables.Add(t);break;case ExternKind.Memory:me=Lim(ref r);m.Memories.Add(me);break;default:g=new GlobalType((ValueType)r.ReadByte(),r.ReadByte()==1);m.Globals.Add(g);break;}
      m.Imports.Add(new ImportEntry(mo,na,k,ti,t,me,g));break;}
    case 3:m.Functions.Add(r.ReadU32());break;
    case 4:m.Tables.Add(new TableType((ValueType)r.ReadByte(),Lim(ref r)));break;
    case 5:m.Memories.Add(Lim(ref r));break;
    case 6:m.Globals.Add(new GlobalType((ValueType)r.ReadByte(),r.ReadByte()==1));m.GlobalInits.Add(Ce(ref r));break;
    case 7:m.Exports.Add(new ExportEntry(Name(ref r),(ExternKind)r.ReadByte(),r.ReadU32()));break;
    case 9:{var f=r.ReadU32(); var l=new List<uint>(); ConstExpr off=default; if(f==0){off=Ce(ref r);for(uint k=r.ReadU32();k>0;k--)l.Add(r.ReadU32());m.Elements.Add(new ElementSegment(SegmentMode.Active,ValueType.FuncRef,0,off,l,null));}else throw new Exception("elem "+f);break;}
    case 10:{uint bs=r.ReadU32();int be=r.Position+(int)bs;var ls=new List<(uint,ValueType)>();for(uint k=r.ReadU32();k>0;k--)ls.Add((r.ReadU32(),(ValueType)r.ReadByte()));m.Bodies.Add(new FunctionBody(ls,r.Position,be-r.Position));r.Position=be;break;}
    case 11:{var f=r.ReadU32();ConstExpr off=default;if(f==0)off=Ce(ref r);uint len=r.ReadU32();m.Data.Add(new DataSegment(f==1?SegmentMode.Passive:SegmentMode.Active,0,off,r.Position,(int)len));r.ReadBytes(len);break;}
   }}
   if(r.Position!=end)throw new Exception($"section {id} {r.Position} {end}");
  }
  return m;}
}
